import GanBase
import GanTensor

extension GraphWriter {
  /// Writes the nodes of one operation.
  mutating func write(_ node: GraphTrace.Node) throws {
    let (x, output) = (node.inputs[0], node.output)
    switch node.operation {
    case .binary(let operation):
      let rank = output.shape.rank
      place(output, add(Self.name(operation), node.inputs.map { operand($0, rank: rank) }))
    case .unary(let operation): map(x, output) { $0.add(Self.name(operation), [$1]) }
    case .square: map(x, output) { $0.add("Mul", [$1, $1]) }
    case .scale(let factor, let offset): map(x, output) { $0.scaled($1, by: factor, plus: offset) }
    case .leakyReLU(let slope): map(x, output) { $0.activated($1, slope: slope) }
    case .softmax: map(x, output) { $0.add("Softmax", [$1], ["axis": .integer(-1)]) }
    case .matmul(let transposeA, let transposeB):
      let flags: KeyValuePairs<String, ONNXNode.Attribute> = [
        "transA": .integer(transposeA ? 1 : 0), "transB": .integer(transposeB ? 1 : 0),
      ]
      place(output, add("Gemm", node.inputs.map { value($0) }, flags))
    case .attention: place(output, attention(node.inputs))
    case .reshape, .permute, .slice, .concatenate, .join: try rearrange(node)
    case .sum(let axes):
      let names = (placement(x)?.axes ?? [])
      let places = axes.compactMap { names.firstIndex(of: $0) }.sorted()
      map(x, output) { $0.add("ReduceSum", [$1, $0.integers(places)], ["keepdims": .integer(1)]) }
    case .mean(let axes):
      let names = (placement(x)?.axes ?? [])
      let places = axes.compactMap { names.firstIndex(of: $0) }.sorted()
      map(x, output) { $0.add("ReduceMean", [$1], ["axes": .integers(places), "keepdims": .integer(1)]) }
    case .globalAverage: place(output, add("ReduceMean", [value(x)], Self.overPixels))
    case .globalMaximum: place(output, add("ReduceMax", [value(x)], Self.overPixels))
    case .channelMean, .channelVariance, .unbiased, .normalize, .instanceNormalize: normalize(node)
    case .convolution, .transposedConvolution, .upsampledConvolution: try convolve(node)
    case .averagePool, .nearestDoubling, .linearDoubling, .smoothHalving, .pixelShuffle: place(output, resize(node))
    case .other(let name):
      throw GanError.usage(
        "this network cannot be written as ONNX: nothing there does what '\(name)' does",
        help: "export its weights as .pth or .safetensors")
    }
  }

  static let overPixels: KeyValuePairs<String, ONNXNode.Attribute> = [
    "axes": .integers([2, 3]), "keepdims": .integer(0),
  ]

  /// A node with one input, whose result lies like it.
  private mutating func map(_ x: Tensor, _ output: Tensor, _ make: (inout GraphWriter, String) -> String) {
    guard let source = placement(x) else { preconditionFailure("a constant was traced") }
    place(output, make(&self, source.name), axes: source.axes)
  }

  private static func name(_ operation: GraphOperation.Binary) -> String {
    switch operation {
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .divide: "Div"
    }
  }

  private static func name(_ operation: GraphOperation.Unary) -> String {
    switch operation {
    case .exp: "Exp"
    case .log: "Log"
    case .squareRoot: "Sqrt"
    case .reciprocal: "Reciprocal"
    case .abs: "Abs"
    case .tanh: "Tanh"
    case .sigmoid: "Sigmoid"
    }
  }

  mutating func scaled(_ x: String, by factor: Double, plus offset: Double) -> String {
    var y = x
    if factor == -1 { y = add("Neg", [y]) } else if factor != 1 { y = add("Mul", [y, scalar(factor)]) }
    return offset == 0 ? y : add("Add", [y, scalar(offset)])
  }

  mutating func activated(_ x: String, slope: Double) -> String {
    switch slope {
    case 1: x
    case 0: add("Relu", [x])
    default: add("LeakyRelu", [x], ["alpha": .float(slope)])
    }
  }

  /// Queries, keys and values are matrices of pixels; the whole of them at once.
  private mutating func attention(_ inputs: [Tensor]) -> String {
    let maps = inputs.map { value($0) }, columns = maps.map { add("Reshape", [$0, integers([0, 0, -1])]) }
    let queries = add("Transpose", [columns[0]], ["perm": .integers([0, 2, 1])])
    let weights = add("Softmax", [add("MatMul", [queries, columns[1]])], ["axis": .integer(-1)])
    let mixed = add("MatMul", [columns[2], add("Transpose", [weights], ["perm": .integers([0, 2, 1])])])
    let front = add("Shape", [maps[2]], ["start": .integer(0), "end": .integer(2)])
    return add("Reshape", [mixed, add("Concat", [front, pixels(of: maps[0])], ["axis": .integer(0)])])
  }

  /// Height and width of a picture of the graph.
  mutating func pixels(of name: String) -> String {
    once("pixels \(name)") { $0.add("Shape", [name], ["start": .integer(2), "end": .integer(4)]) }
  }

  // MARK: Rearranging

  private mutating func rearrange(_ node: GraphTrace.Node) throws {
    let (x, output) = (node.inputs[0], node.output), rank = output.shape.rank
    switch node.operation {
    case .reshape(let target):
      // The number of pictures is free.
      let first = x.shape.rank > 0 && rank > 0 && x.shape[0] == target[0]
      let sizes = first ? [0] + target.sizes.dropFirst() : target.sizes
      let plain = value(x, axes: Array(0..<x.shape.rank))
      place(output, add("Reshape", [plain, integers(sizes)]), axes: Array(0..<rank))
    case .permute(let order):
      guard let source = placement(x) else { return }
      place(output, source.name, axes: source.axes.map { order.firstIndex(of: $0) ?? 0 })
    case .slice(let range, let axis):
      guard let source = placement(x), let place = source.axes.firstIndex(of: axis) else { return }
      let numbers = [[range.lowerBound], [range.upperBound], [place]].map { integers($0) }
      self.place(output, add("Slice", [source.name] + numbers), axes: source.axes)
    case .concatenate(let axis):
      let place = Self.naturalAxes(rank).firstIndex(of: axis) ?? 0
      self.place(output, add("Concat", node.inputs.map { value($0) }, ["axis": .integer(place)]))
    case .join:
      let maps = value(x), vector = add("Unsqueeze", [value(node.inputs[1]), integers([2, 3])])
      let sizes = add("Concat", [integers([1, 1]), pixels(of: maps)], ["axis": .integer(0)])
      place(output, add("Concat", [maps, add("Expand", [vector, sizes])], ["axis": .integer(1)]))
    default: preconditionFailure("\(node.operation) rearranges nothing")
    }
  }
}
