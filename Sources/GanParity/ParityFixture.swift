import GanBase
import GanNN
import GanTensor

/// A folder of official numbers in memory. Tensors have PyTorch's layouts.
package struct ParityFixture {
  package let spec: Spec
  package let weights: [String: Tensor]
  package let inputs: [String: Tensor]
  package let expected: [String: Tensor]
  /// Tensors of further files, by the file's name without `.safetensors`.
  package let further: [String: [String: Tensor]]
  /// The folder, for messages.
  package let path: String

  package init(
    path: String, spec: Spec, weights: [String: Tensor], inputs: [String: Tensor], expected: [String: Tensor],
    further: [String: [String: Tensor]] = [:]
  ) {
    (self.path, self.spec) = (path, spec)
    (self.weights, self.inputs, self.expected, self.further) = (weights, inputs, expected, further)
  }

  /// An input as this program lays it out: pictures `[N,C,H,W]` become `[N,H,W,C]`.
  package func input(_ key: String) throws -> Tensor {
    guard let tensor = inputs[key] else {
      throw GanError.checkpoint("the tensor \(key) is missing", at: path + "/inputs.safetensors")
    }
    return tensor.fromPyTorchPictures
  }
}

extension Tensor {
  /// `[N,C,H,W]` as `[N,H,W,C]`; other ranks as they are.
  package var fromPyTorchPictures: Tensor { shape.rank == 4 ? permuted([0, 2, 3, 1]) : self }
  /// `[N,H,W,C]` as `[N,C,H,W]`; other ranks as they are.
  package var toPyTorchPictures: Tensor { shape.rank == 4 ? permuted([0, 3, 1, 2]) : self }
}

/// Replays the draws that a fixture stores for each step.
final class ParityNoise: NoiseSource {
  private let fixture: ParityFixture
  private let type: ElementType
  var step = 1
  /// What the names of draws begin with; nil: the step.
  var scope: String?
  /// The first draw that the fixture lacks; reported once the step is over.
  private(set) var missing: String?

  init(_ fixture: ParityFixture, type: ElementType) { (self.fixture, self.type) = (fixture, type) }

  func dropoutMask(_ key: String, _ shape: Shape, p: Double, type: ElementType) -> Tensor {
    draw("dropout.\(key)", shape)
  }

  func uniform(_ key: String, _ shape: Shape, type: ElementType) -> Tensor { draw(key, shape) }
  func normal(_ key: String, _ shape: Shape, type: ElementType) -> Tensor { draw(key, shape) }

  func permutation(_ key: String, _ count: Int) -> [Int] {
    let order = draw(key, [count]).doubles.compactMap { Int(exactly: $0) }
    if order.sorted() == Array(0..<count) { return order }
    missing = missing ?? "step\(step).\(key)"
    return Array(0..<count)
  }

  func choice(_ key: String, _ count: Int, of all: Int) -> [Int] {
    let chosen = draw(key, [count]).doubles.compactMap { Int(exactly: $0) }.filter { 0..<all ~= $0 }
    if Set(chosen).count == count { return chosen }
    missing = missing ?? "step\(step).\(key)"
    return Array(0..<count)
  }

  private func draw(_ key: String, _ shape: Shape) -> Tensor {
    let name = "\(scope ?? "step\(step)").\(key)"
    guard let tensor = fixture.inputs[name]?.fromPyTorchPictures,
      tensor.shape == shape || tensor.count == 1 && shape.count == 1
    else {
      missing = missing ?? name
      return Tensor.zeros(shape, type: type)
    }
    return tensor.converted(to: type).reshaped(to: shape)
  }
}
