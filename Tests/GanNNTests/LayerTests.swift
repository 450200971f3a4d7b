import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

@Suite struct LayerTests {
  private func store(_ scheme: Initialization, _ type: ElementType = .float64) -> TensorStore {
    TensorStore(name: "G", initializer: Initializer(scheme, random: RandomStream(seed: 3)), elementType: type)
  }

  /// Two channels of four pixels: means 2.5 and 0, biased variances 1.25 and 2.5, unbiased 5/3 and 10/3.
  private let x = Tensor([1, 1, 2, -1, 3, 2, 4, -2] as [Double], [1, 2, 2, 2])

  @Test func batchNormMovesItsStatistics() {
    let parts = store(.pytorch)
    let norm = BatchNorm(parts.root, 2)
    func near(_ found: Tensor, _ expected: [Double]) { expectClose(found.doubles, expected, absolute: 1e-12) }
    let values = [(1.0, 1.0), (2, -1), (3, 2), (4, -2)]
    near(
      norm(x, Pass(.batch), slope: 1, residual: nil),
      values.flatMap { [($0.0 - 2.5) / (1.25 + 1e-5).squareRoot(), $0.1 / (2.5 + 1e-5).squareRoot()] })
    near(norm.runningMean, [0.25, 0])
    let variances = [0.9 + 0.5 / 3, 0.9 + 1.0 / 3]
    near(norm.runningVariance, variances)
    #expect(norm.batches.item == 1)
    let scales = variances.map { 1 / ($0 + 1e-5).squareRoot() }
    near(
      norm(x, .evaluation, slope: 1, residual: nil),
      values.flatMap { [($0.0 - 0.25) * scales[0], $0.1 * scales[1]] })
    _ = norm(x, Pass(.batchWithoutUpdate), slope: 1, residual: nil)
    #expect(norm.batches.item == 1)
  }

  @Test func largeMeansKeepTheirVariance() {
    let values = (0..<64).map { Float(4096 + $0 % 4) }
    let y = Tensor(values, [1, 8, 8, 1]).instanceNormalized().floats
    #expect(abs(y[0] + 1.5 / Float(1.25 + 1e-5).squareRoot()) < 1e-5)
  }

  @Test func dropoutKeepsTheMean() {
    let noise = RandomNoise(RandomStream(seed: 1))
    let dropout = Dropout(store(.pytorch).root["d"])
    let y = dropout(Tensor(repeating: 1, [1, 100, 100, 10]), Pass(.batch, noise: noise))
    #expect(Set(y.floats) == [0, 2])
    #expect(abs(y.mean().item - 1) < 0.01)
    #expect(dropout(x, .evaluation) === x)
  }

  @Test func dropoutMaskContinuesItsStream() {
    var whole = RandomStream(seed: 5), parts = whole
    let all = Tensor.dropoutMask([7], p: 0.5, from: &whole).floats
    let first = Tensor.dropoutMask([3], p: 0.5, from: &parts).floats
    let rest = Tensor.dropoutMask([4], p: 0.5, from: &parts).floats
    #expect(all == first + rest)
    #expect(whole == parts)
  }

  @Test func initialDeviations() {
    func deviation(_ scheme: Initialization, transposed: Bool = false) -> Double {
      let parts = store(scheme)
      // 64 -> 32 channels; a transposed convolution's fan-in counts its output channels.
      let weight =
        transposed
        ? ConvTranspose2d(parts.root, 64, 32, kernel: 4, stride: 2, padding: 1).weight
        : Conv2d(parts.root, 64, 32, kernel: 4).weight
      return weight.squared().mean().item.squareRoot()
    }
    let fanIn = 64.0 * 16, fanOut = 32.0 * 16
    func near(_ found: Double, _ expected: Double) { #expect(abs(found / expected - 1) < 0.02) }
    near(deviation(.normal(gain: 0.02)), 0.02)
    near(deviation(.xavier(gain: 0.5)), 0.5 * (2 / (fanIn + fanOut)).squareRoot())
    near(deviation(.kaiming(gain: 0.02)), (2 / fanIn).squareRoot())
    near(deviation(.kaiming(gain: 0.02), transposed: true), (2 / fanOut).squareRoot())
    near(deviation(.pytorch), (1 / (3 * fanIn)).squareRoot())
  }

  @Test(arguments: [Shape([8, 3, 2, 2]), [4, 20, 1, 1], [6, 6, 1, 1]])
  func orthogonalWeights(_ shape: Shape) {
    let rows = shape[0], columns = shape.count / rows
    var random = RandomStream(seed: 6)
    let q = Tensor(
      Tensor.orthogonal(rows: rows, columns: columns, normal: random.normals(shape.count)), [rows, columns])
    let product = rows < columns ? q.matmul(q, transposeOther: true) : q.matmul(q, transposeSelf: true)
    let size = product.shape[0]
    let identity = (0..<size * size).map { $0 / size == $0 % size ? Float(1) : 0 }
    expectClose(product, Tensor(identity, [size, size]), absolute: 1e-5)
  }

  @Test func officialLayoutsRoundTrip() {
    let parts = store(.normal(gain: 1))
    let conv = Conv2d(parts.root, 2, 3, kernel: 4)
    let entry = parts.entries[0]
    #expect(entry.officialShape == [3, 2, 4, 4])
    // weight[o][i][kh][kw] here is [kh][kw][i][o].
    let official = entry.officialValue.doubles, inner = conv.weight.doubles
    let officialIndex = 2 * (2 * 4 * 4) + 1 * (4 * 4) + 3 * 4 + 0
    let innerIndex = 3 * (4 * 2 * 3) + 0 * (2 * 3) + 1 * 3 + 2
    #expect(official[officialIndex] == inner[innerIndex])
    entry.assign(official: entry.officialValue * 2)
    #expect(conv.weight.doubles == inner.map { 2 * $0 })
  }

  @Test func parameterCounts() {
    func count(_ make: (Scope) -> Void) -> Int {
      let parts = TensorStore(
        name: "G", initializer: Initializer(.normal(gain: 0.02), random: RandomStream(seed: 1)))
      make(parts.root)
      return parts.parameterCount
    }
    // Counts of the official programs.
    #expect(
      count { _ = UNetGenerator($0, inputs: 3, outputs: 3, width: 64, levels: 7, norm: .batch, dropout: true) }
        == 41_828_995)
    #expect(
      count { _ = ResNetGenerator($0, inputs: 3, outputs: 3, width: 64, blocks: 9, norm: .instance, dropout: false) }
        == 11_378_179)
    #expect(count { _ = PatchDiscriminator($0, inputs: 6, width: 64, layers: 3, norm: .batch) } == 2_768_705)
    #expect(count { _ = PatchDiscriminator($0, inputs: 3, width: 64, layers: 3, norm: .instance) } == 2_764_737)
  }
}
