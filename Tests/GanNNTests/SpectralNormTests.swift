import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

@Suite struct SpectralNormTests {
  private let store = TensorStore(
    name: "D", initializer: Initializer(.pytorch, random: RandomStream(seed: 4)), elementType: .float64)

  private func entry(_ key: String) throws -> NamedTensor { try #require(store.entries.first { $0.key == key }) }

  private func length(_ tensor: Tensor) -> Double { tensor.squared().sum().item.squareRoot() }

  @Test func officialKeysAndShapes() throws {
    _ = SpectralConv2d(store.root["c"], 3, 5, kernel: 4)
    _ = SpectralLinear(store.root["l"], 7, 2)
    let shapes = Dictionary(uniqueKeysWithValues: store.entries.map { ($0.key, $0.officialShape) })
    #expect(
      shapes == [
        "c.weight_orig": [5, 3, 4, 4], "c.bias": [5], "c.weight_u": [5], "c.weight_v": [48],
        "l.weight_orig": [2, 7], "l.weight_u": [2], "l.weight_v": [7],
      ])
    #expect(store.buffers.count == 4)
    for buffer in store.buffers { #expect(abs(length(buffer.tensor) - 1) < 1e-6) }
  }

  /// PyTorch takes the outputs of a transposed convolution as the rows of its matrix too.
  @Test func transposedConvolution() throws {
    let conv = SpectralConvTranspose2d(store.root, 3, 2, kernel: 2, stride: 2, padding: 0)
    let shapes = Dictionary(uniqueKeysWithValues: store.entries.map { ($0.key, $0.officialShape) })
    #expect(shapes == ["weight_orig": [3, 2, 2, 2], "bias": [2], "weight_u": [2], "weight_v": [12]])
    let x = Tensor(repeating: 1, [1, 2, 2, 3], type: .float64)
    for _ in 0..<200 { _ = conv(x, Pass(.batch)) }
    let matrix = try entry("weight_orig").officialValue.permuted([1, 0, 2, 3]).reshaped(to: [2, 12])
    let u = try entry("weight_u").officialValue.reshaped(to: [1, 2])
    let v = try entry("weight_v").officialValue.reshaped(to: [12, 1])
    let largest = length(matrix.matmul(v))
    expectClose((matrix.matmul(v) / largest).doubles, u.doubles, absolute: 1e-9)
    let image = matrix.matmul(matrix, transposeOther: true)
    let half = (image.doubles[0] + image.doubles[3]) / 2, difference = (image.doubles[0] - image.doubles[3]) / 2
    let root = (difference * difference + image.doubles[1] * image.doubles[1]).squareRoot()
    expectClose([largest], [(half + root).squareRoot()], absolute: 1e-9)
    // The layer applies the weight divided by it.
    let original = try entry("weight_orig").tensor, bias = try entry("bias").tensor
    let plain = x.transposeConvolved(original / largest, bias: bias, stride: 2, padding: 0)
    expectClose(conv(x, .evaluation).doubles, plain.doubles, absolute: 1e-9)
  }

  /// `weight_v` follows the rows of the official matrix `[O, I*kh*kw]`, not those of this program's layout.
  @Test func vectorsHaveTheOfficialOrder() throws {
    let conv = SpectralConv2d(store.root, 3, 2, kernel: 2)
    _ = conv(Tensor.zeros([1, 4, 4, 3], type: .float64), Pass(.batch))
    let matrix = try entry("weight_orig").officialValue.reshaped(to: [2, 12])
    let u = try entry("weight_u").officialValue.reshaped(to: [1, 2])
    let v = try entry("weight_v").officialValue.reshaped(to: [12, 1])
    // u is M v, of length 1.
    let image = matrix.matmul(v)
    expectClose((image / length(image)).doubles, u.doubles, absolute: 1e-12)
    let stored = try entry("weight_v")
    let before = stored.tensor.copied()
    stored.assign(official: stored.officialValue)
    #expect(stored.tensor.doubles == before.doubles)
  }

  @Test func onlyTrainingMovesTheVectors() throws {
    let layer = SpectralLinear(store.root, 6, 4)
    let x = Tensor(repeating: 1, [2, 6], type: .float64)
    let u = try entry("weight_u").tensor
    let before = u.copied()
    let first = layer(x, .evaluation)
    let second = layer(x, Pass(.batchWithoutUpdate))
    #expect(u.doubles == before.doubles)
    #expect(first.doubles == second.doubles)
    for _ in 0..<200 { _ = layer(x, Pass(.batch)) }
    #expect(u.doubles != before.doubles)
    // By now the largest singular value of what is applied is 1.
    let applied = Tensor.concatenated(
      (0..<6).map { row in
        layer(Tensor((0..<6).map { $0 == row ? 1.0 : 0 }, [1, 6]), .evaluation)
      }, axis: 0)
    #expect(abs(applied.powerIteration(from: u).value - 1) < 1e-9)
  }

  /// Calls within one step see different vectors; each gradient belongs to its own.
  @Test func twoCallsBeforeABackward() throws {
    let layer = SpectralLinear(store.root, 3, 2)
    let x = Tensor([1, 2, 3] as [Double], [1, 3])
    let loss = layer(x, Pass(.batch)).squared().sum() + layer(x, Pass(.batch)).squared().sum()
    #expect(try gradients(of: [loss], withRespectTo: [layer.original])[0] != nil)
  }
}

@Suite struct LinearTests {
  @Test func multipliesAsPyTorchDoes() {
    let store = TensorStore(
      name: "G", initializer: Initializer(.pytorch, random: RandomStream(seed: 4)), elementType: .float64)
    let layer = Linear(store.root, 2, 3)
    layer.weight.assign(Tensor([1, 2, 3, 4, 5, 6] as [Double], [3, 2]))
    layer.bias?.assign(Tensor([0, 0, 1] as [Double], [3]))
    #expect(layer(Tensor([1, 10] as [Double], [1, 2])).doubles == [21, 43, 66])
  }
}
