import GanBase
import GanTensor

/// Times a convolution and its two gradients, and compares them with a computation in Float64.
struct LayerBench {
  enum Pass: String, CaseIterable {
    case forward
    case dataGradient = "data_gradient"
    case weightGradient = "weight_gradient"

    /// The name with spaces.
    var description: String { rawValue.replacing("_", with: " ") }
  }

  struct Result {
    let pass: Pass
    /// The chosen algorithm.
    let algorithm: String
    /// Measured times, sorted.
    let milliseconds: [Double]
    /// The largest difference from the reference, divided by the largest value of the reference.
    let error: Double

    /// Operations per second for a layer with this number of operations.
    func speed(_ operations: Double) -> Double { operations / median(milliseconds) * 1e3 }
  }

  private let shape: LayerShape
  private let x: Tensor, weight: Tensor, gradient: Tensor

  /// - Throws: `GanError` (environment) if memory runs out.
  init(_ shape: LayerShape) throws {
    self.shape = shape
    var random = RandomStream(seed: 7)
    func numbers(_ shape: Shape) -> Tensor { Tensor.uniform(shape, from: &random) * 2 - 1 }
    (x, weight, gradient) = try OutOfMemory.guarding {
      (
        numbers([shape.batch, shape.size, shape.size, shape.inputs]), numbers(shape.weightShape),
        numbers([shape.batch, shape.outputSize, shape.outputSize, shape.outputs])
      )
    }
  }

  /// - Throws: `GanError` (environment) if memory runs out.
  func results(steps: Int) throws -> [Result] {
    try Pass.allCases.map { pass in
      let (run, result) = try OutOfMemory.guarding {
        let run = runner(pass, x, weight, gradient)
        return (run, try run())
      }
      let repeats = try repeats(run)
      let times = try (0..<steps).map { _ in
        try milliseconds { try OutOfMemory.guarding { for _ in 0..<repeats { _ = try run() } } } / Double(repeats)
      }
      let error = try OutOfMemory.guarding {
        let reference = try runner(
          pass, x.converted(to: .float64), weight.converted(to: .float64), gradient.converted(to: .float64))()
        return largestError(of: result, against: reference)
      }
      guard error.isFinite else {
        throw GanError(.bug, "the \(pass.description) of a layer of \(shape.text) has numbers that are not finite")
      }
      return Result(pass: pass, algorithm: shape.algorithm(for: pass), milliseconds: times.sorted(), error: error)
    }
  }

  /// The number of repetitions that make one measurement last some milliseconds.
  private func repeats(_ run: () throws -> Tensor) throws -> Int {
    max(1, Int(5 / max(try milliseconds { _ = try OutOfMemory.guarding(run) }, 0.001)))
  }

  private func runner(_ pass: Pass, _ x: Tensor, _ weight: Tensor, _ gradient: Tensor) -> () throws -> Tensor {
    switch pass {
    case .forward: return { shape.applied(to: x, weight) }
    case .dataGradient: return differentiated(x.variable()) { shape.applied(to: $0, weight) }
    case .weightGradient: return differentiated(weight.variable()) { shape.applied(to: x, $0) }
    }

    /// The graph is kept, so that only the gradient is computed again.
    func differentiated(_ variable: Tensor, _ body: (Tensor) -> Tensor) -> () throws -> Tensor {
      let output = body(variable)
      return {
        let found = try gradients(of: [output], seeds: [gradient], withRespectTo: [variable], keepGraph: true)
        guard let result = found[0] else { throw GanError(.bug, "a convolution without a gradient") }
        return result
      }
    }
  }
}

/// The largest difference between `values` (Float32) and `reference` (Float64), divided by the largest element of
/// `reference`. Infinite if there are no elements, the shapes differ, or an element is not finite.
func largestError(of values: Tensor, against reference: Tensor) -> Double {
  guard values.shape == reference.shape, reference.count > 0, values.isFinite, reference.isFinite else {
    return .infinity
  }
  precondition(values.type == .float32 && reference.type == .float64)
  return values.withBytes { values in
    reference.withBytes { reference in
      let values = values.bindMemory(to: Float.self), reference = reference.bindMemory(to: Double.self)
      var difference = 0.0, greatest = 0.0
      for index in reference.indices {
        difference = max(difference, abs(Double(values[index]) - reference[index]))
        greatest = max(greatest, abs(reference[index]))
      }
      return greatest > 0 ? difference / greatest : difference
    }
  }
}
