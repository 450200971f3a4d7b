import GanBase
import GanTensor

extension GraphWriter {
  // MARK: Normalisation

  mutating func normalize(_ node: GraphTrace.Node) {
    let (x, output) = (node.inputs[0], node.output)
    switch node.operation {
    case .channelMean(let groups): place(output, mean(of: value(x), groups))
    case .channelVariance(let groups):
      let centered = centered(x, node.inputs[1])
      place(output, mean(of: add("Mul", [centered, centered]), groups))
    case .unbiased(let channels):
      place(output, add("Mul", [value(x), unbiasing(value(node.inputs[1]), channels: channels)]))
    case .normalize(let slope):
      let scaled = scaledAndShifted(node.inputs)
      place(output, finished(scaled, slope: slope, residual: node.inputs.count > 4 ? node.inputs[4] : nil))
    case .instanceNormalize(let epsilon, let slope):
      let channels = x.shape[3]
      let vectors = [1.0, 0].map { number in
        once("\(channels) times \(number)") {
          $0.constant(Tensor(repeating: number, [channels]), order: [0])
        }
      }
      let y = add("InstanceNormalization", [value(x)] + vectors, ["epsilon": .float(epsilon)])
      place(output, finished(y, slope: slope, residual: node.inputs.count > 1 ? node.inputs[1] : nil))
    default: preconditionFailure("\(node.operation) normalises nothing")
    }
  }

  private mutating func finished(_ x: String, slope: Double, residual: Tensor?) -> String {
    let y = activated(x, slope: slope)
    return residual.map { add("Add", [y, value($0)]) } ?? y
  }

  /// `[groups,C]` of a picture of the graph.
  private mutating func mean(of maps: String, _ groups: MomentGroups) -> String {
    switch groups {
    case .sample: return add("ReduceMean", [maps], Self.overPixels)
    case .batch:
      noteMixedBatch()
      let all = add("ReduceMean", [maps], ["axes": .integers([0, 2, 3]), "keepdims": .integer(0)])
      return add("Unsqueeze", [all, integers([0])])
    }
  }

  /// The maps less their means.
  private mutating func centered(_ x: Tensor, _ mean: Tensor) -> String {
    let maps = value(x), means = spread(mean)
    return once("\(maps) - \(means)") { $0.add("Sub", [maps, means]) }
  }

  /// `(x - mean) * scale + shift`, of inputs in this order.
  private mutating func scaledAndShifted(_ inputs: [Tensor]) -> String {
    let (x, mean, scale, shift) = (inputs[0], inputs[1], inputs[2], inputs[3])
    if isConstant(mean), isConstant(scale), isConstant(shift) {
      // Running statistics: `x * scale + (shift - mean * scale)`.
      let offset = Tape.paused { shift - mean * scale }
      return add("Add", [add("Mul", [value(x), spread(scale)]), spread(offset)])
    }
    return add("Add", [add("Mul", [centered(x, mean), spread(scale)]), spread(shift)])
  }

  /// A vector for each picture (`[N,C]`), or for all (`[C]`), as an operand of pictures.
  private mutating func spread(_ vector: Tensor) -> String {
    let rank = vector.shape.rank
    guard !isConstant(vector) else {
      return constant(vector, shape: Shape(vector.shape.sizes + [1, 1]), order: Array(0..<rank + 2))
    }
    let name = value(vector)
    return once("spread \(name)") { $0.add("Unsqueeze", [name, $0.integers([rank, rank + 1])]) }
  }

  /// `n / max(n - 1, 1)` for the numbers in so many channels of a picture of the graph.
  private mutating func unbiasing(_ maps: String, channels: Int) -> String {
    let pixels = pixels(of: maps)
    return once("unbiasing \(maps) \(channels)") { writer in
      let product = writer.add("ReduceProd", [pixels], ["axes": .integers([0]), "keepdims": .integer(0)])
      // 1: float.
      let count = writer.scaled(writer.add("Cast", [product], ["to": .integer(1)]), by: Double(channels), plus: 0)
      let less = writer.add("Max", [writer.scaled(count, by: 1, plus: -1), writer.scalar(1)])
      return writer.add("Div", [count, less])
    }
  }

  // MARK: Convolutions

  mutating func convolve(_ node: GraphTrace.Node) throws {
    let (x, weight) = (node.inputs[0], node.inputs[1])
    guard node.inputs.dropFirst().allSatisfy(isConstant) else {
      throw GanError.usage("this network cannot be written as ONNX: the weight of a convolution depends on the picture")
    }
    // [kh,kw,I,O] as [O,I,kh,kw]; of a transposed convolution [kh,kw,outputs,inputs] as [inputs,outputs,kh,kw].
    let weights = node.inputs.dropFirst().map { tensor in
      tensor.shape.rank == 4 ? constant(tensor, order: [3, 2, 0, 1]) : constant(tensor, order: [0])
    }
    let kernel = Array(weight.shape.sizes[..<2])
    switch node.operation {
    case .convolution(let stride, let padding, let mode):
      place(node.output, convolved(value(x), weights, kernel, stride: stride, padding: padding, mode))
    case .upsampledConvolution(let mode):
      let large = doubled(value(x), isLinear: false)
      place(node.output, convolved(large, weights, kernel, stride: 1, padding: kernel[0] / 2, mode))
    case .transposedConvolution(let stride, let padding, let outputPadding):
      place(
        node.output,
        add(
          "ConvTranspose", [value(x)] + weights,
          [
            "kernel_shape": .integers(kernel), "strides": .integers([stride, stride]),
            "pads": .integers([padding, padding, padding, padding]),
            "output_padding": .integers([outputPadding, outputPadding]),
          ]))
    default: preconditionFailure("\(node.operation) is no convolution")
    }
  }

  /// Borders that are not zeros are a node of their own.
  private mutating func convolved(
    _ x: String, _ weights: [String], _ kernel: [Int], stride: Int, padding: Int, _ mode: PaddingMode, groups: Int = 1
  ) -> String {
    let isPadded = mode != .zero && padding > 0, inside = isPadded ? 0 : padding
    let maps = isPadded ? bordered(x, by: padding, mode) : x
    return add(
      "Conv", [maps] + weights,
      [
        "kernel_shape": .integers(kernel), "strides": .integers([stride, stride]),
        "pads": .integers([inside, inside, inside, inside]), "group": .integer(groups),
      ])
  }

  private mutating func bordered(_ x: String, by border: Int, _ mode: PaddingMode) -> String {
    let kind = mode == .reflect ? "reflect" : mode == .replicate ? "edge" : "constant"
    let borders = integers([0, 0, border, border, 0, 0, border, border])
    return once("\(kind) \(border) \(x)") { $0.add("Pad", [x, borders], ["mode": .text(kind)]) }
  }

  // MARK: Sizes

  mutating func resize(_ node: GraphTrace.Node) -> String {
    let x = node.inputs[0], maps = value(x), channels = x.shape[3]
    switch node.operation {
    case .averagePool(let kernel, let stride, let padding):
      return add(
        "AveragePool", [maps],
        [
          "kernel_shape": .integers([kernel, kernel]), "strides": .integers([stride, stride]),
          "pads": .integers([padding, padding, padding, padding]), "count_include_pad": .integer(0),
        ])
    case .nearestDoubling: return doubled(maps, isLinear: false)
    case .linearDoubling: return doubled(maps, isLinear: true)
    case .pixelShuffle(let factor):
      return add("DepthToSpace", [maps], ["blocksize": .integer(factor), "mode": .text("CRD")])
    case .smoothHalving:
      let line: [Float] = [0.25, 0.5, 0.25], kernel = line.flatMap { y in line.map { y * $0 } }
      let weight = once("smoothing \(channels)") {
        let all = Tensor((0..<channels).flatMap { _ in kernel }, [channels, 1, 3, 3])
        return $0.constant(all, order: [0, 1, 2, 3])
      }
      return convolved(maps, [weight], [3, 3], stride: 2, padding: 1, .reflect, groups: channels)
    default: preconditionFailure("\(node.operation) resizes nothing")
    }
  }

  private mutating func doubled(_ x: String, isLinear: Bool) -> String {
    let factors = once("doubling") { $0.constant(Tensor([1, 1, 2, 2] as [Float], [4]), order: [0]) }
    // No region of interest.
    let inputs = [x, "", factors]
    return isLinear
      ? add("Resize", inputs, ["mode": .text("linear"), "coordinate_transformation_mode": .text("half_pixel")])
      : add(
        "Resize", inputs,
        [
          "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
          "nearest_mode": .text("floor"),
        ])
  }
}
