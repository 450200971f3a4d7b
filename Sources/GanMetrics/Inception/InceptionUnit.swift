import GanTensor

/// Convolution, batch norm with fixed statistics, and ReLU; the norm is folded into the convolution.
struct InceptionUnit {
  let name: String
  let convolution: MapConvolution

  func callAsFunction(_ x: BorderedMap, border: Int = 0, _ probe: InceptionNetwork.Probe) -> BorderedMap {
    let y = convolution(x, border: border)
    probe(name, MapPart(y))
    return y
  }

  func callAsFunction(_ x: BorderedMap, into part: MapPart, _ probe: InceptionNetwork.Probe) {
    convolution(x, into: part)
    probe(name, part)
  }

  /// Makes units from weights `<name>.conv.weight`, `<name>.bn.weight` and so on.
  struct Maker {
    private static let epsilon = 0.001
    let weights: (_ key: String, _ shape: [Int]) throws -> [Float]

    func callAsFunction(
      _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: (height: Int, width: Int) = (1, 1), stride: Int = 1,
      padding: (height: Int, width: Int) = (0, 0), hasReLU: Bool = true
    ) throws -> InceptionUnit {
      let weight = try weights("\(name).conv.weight", [outputs, inputs, kernel.height, kernel.width])
      let (scale, bias) = try normalization(name, outputs)
      let taps = kernel.height * kernel.width
      var folded = [Float](repeating: 0, count: weight.count)
      weight.withUnsafeBufferPointer { weight in
        for output in 0..<outputs {
          for input in 0..<inputs {
            for tap in 0..<taps {
              let value = Double(weight[(output * inputs + input) * taps + tap]) * scale[output]
              folded[(tap * inputs + input) * outputs + output] = Float(value)
            }
          }
        }
      }
      let convolution = MapConvolution(
        weight: folded, bias: bias, kernel: kernel, inputs: inputs, stride: stride, padding: padding, hasReLU: hasReLU)
      return InceptionUnit(name: name, convolution: convolution)
    }

    /// Scale and bias of the norm, including its running mean.
    private func normalization(_ name: String, _ outputs: Int) throws -> (scale: [Double], bias: [Float]) {
      func vector(_ key: String) throws -> [Double] { try weights("\(name).bn.\(key)", [outputs]).map(Double.init) }
      let variances = try vector("running_var")
      let scale = zip(try vector("weight"), variances).map { $0 / ($1 + Self.epsilon).squareRoot() }
      let means = try vector("running_mean")
      let bias = zip(try vector("bias"), zip(means, scale)).map { Float($0 - $1.0 * $1.1) }
      return (scale, bias)
    }
  }
}
