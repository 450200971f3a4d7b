import GanBase
import GanTensor

/// What a parameter is for, which decides how it is initialised.
package enum ParameterRole: Sendable {
  case weight
  /// Of a layer whose weight has this fan-in.
  case bias(fanIn: Int)
  case normScale
  case normShift
  case constant(Double)
  /// Under every scheme.
  case uniform(Float, Float)
  /// These values along the last axis.
  case values([Double])
}

/// How the weights of a network are initialised, by the rules of the official programs.
package enum Initialization: Sendable, Equatable {
  case normal(gain: Double)
  case xavier(gain: Double)
  case kaiming(gain: Double)
  case orthogonal(gain: Double)
  /// PyTorch's default: weights and biases uniform within 1/sqrt(fan_in); norms have scale 1 and shift 0.
  case pytorch
  /// Convolutions normal, everything else as PyTorch's default.
  case normalConvolutions(deviation: Double)
  /// Zeros everywhere, at no cost: for weights that will be loaded.
  case zero

  var gain: Double {
    switch self {
    case .normal(let gain), .xavier(let gain), .kaiming(let gain), .orthogonal(let gain): return gain
    case .pytorch, .normalConvolutions, .zero: return 1
    }
  }
}

/// Draws initial values from one random stream, in the order of construction.
package final class Initializer {
  package let scheme: Initialization
  private var random: RandomStream

  package init(_ scheme: Initialization, random: RandomStream) {
    self.scheme = scheme
    self.random = random
  }

  /// Values of which each along the first axis comes `copies` times in a row.
  func value(_ role: ParameterRole, officialShape shape: Shape, type: ElementType, copies: Int) -> Tensor {
    guard copies > 1 else { return value(role, officialShape: shape, type: type) }
    precondition(shape[0] % copies == 0, "\(copies) copies in \(shape)")
    let different = value(role, officialShape: shape.with(shape[0] / copies, at: 0), type: type)
    return different.rows((0..<shape[0]).map { $0 / copies })
  }

  /// Values in PyTorch's layout: fan-in is axis 1 times the kernel, fan-out axis 0, for transposed
  /// convolutions too.
  func value(_ role: ParameterRole, officialShape shape: Shape, type: ElementType) -> Tensor {
    if scheme == .zero || DryRun.isOn { return Tensor.zeros(shape, type: type) }
    switch role {
    case .weight: return Tensor(weight(shape), shape, type: type)
    case .bias(let fanIn):
      guard hasDefaultBiases else { return Tensor.zeros(shape, type: type) }
      let bound = 1 / Float(max(fanIn, 1)).squareRoot()
      return Tensor((0..<shape.count).map { _ in random.uniform(-bound, bound) }, shape, type: type)
    case .normScale:
      guard scheme != .pytorch else { return Tensor(repeating: 1, shape, type: type) }
      return Tensor(random.normals(shape.count).map { 1 + Float(scheme.gain) * $0 }, shape, type: type)
    case .normShift: return Tensor.zeros(shape, type: type)
    case .constant(let value): return Tensor(repeating: value, shape, type: type)
    case .uniform(let low, let high):
      return Tensor((0..<shape.count).map { _ in random.uniform(low, high) }, shape, type: type)
    case .values(let values): return Tensor(values, [values.count], type: type).broadcast(to: shape)
    }
  }

  /// A vector of length 1 in a random direction.
  func direction(officialShape shape: Shape, type: ElementType) -> Tensor {
    if DryRun.isOn { return Tensor.zeros(shape, type: type) }
    let values = random.normals(shape.count)
    let length = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
    return Tensor(values.map { $0 / length }, shape, type: type)
  }

  private var hasDefaultBiases: Bool {
    if case .normalConvolutions = scheme { return true }
    return scheme == .pytorch
  }

  private func weight(_ shape: Shape) -> [Float] {
    let kernel = shape.sizes.dropFirst(2).reduce(1, *)
    let fanIn = Float(shape[1] * kernel), fanOut = Float(shape[0] * kernel)
    switch scheme {
    case .normal(let gain): return normals(shape.count, deviation: Float(gain))
    case .xavier(let gain): return normals(shape.count, deviation: Float(gain) * (2 / (fanIn + fanOut)).squareRoot())
    case .kaiming: return normals(shape.count, deviation: (2 / fanIn).squareRoot())
    case .orthogonal(let gain):
      let rows = shape[0], columns = shape.count / rows
      return Tensor.orthogonal(rows: rows, columns: columns, normal: random.normals(shape.count)).map {
        $0 * Float(gain)
      }
    case .normalConvolutions(let deviation) where shape.rank == 4:
      return normals(shape.count, deviation: Float(deviation))
    case .pytorch, .normalConvolutions:
      let bound = 1 / fanIn.squareRoot()
      return (0..<shape.count).map { _ in random.uniform(-bound, bound) }
    case .zero: return [Float](repeating: 0, count: shape.count)
    }
  }

  private func normals(_ count: Int, deviation: Float) -> [Float] { random.normals(count).map { $0 * deviation } }
}
