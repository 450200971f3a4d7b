import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

@Suite struct UpsamplingTests {
  init() throws { try Engine.start(threads: 2) }

  private func store(_ scheme: Initialization = .normal(gain: 0.5)) -> TensorStore {
    TensorStore(name: "G", initializer: Initializer(scheme, random: RandomStream(seed: 2)), elementType: .float64)
  }

  private func layer(_ kind: UpsamplingKind, _ store: TensorStore, isSpectral: Bool = false) -> Upsampling {
    Upsampling(kind, store.root["up"], 6, 3, kernel: 4, mode: .reflect, isSpectral: isSpectral)
  }

  private func picture(_ shape: Shape = [2, 4, 5, 6]) -> Tensor {
    var random = RandomStream(seed: 3)
    return Tensor((0..<shape.count).map { _ in Double(random.uniform(-1, 1)) }, shape)
  }

  @Test(arguments: UpsamplingKind.allCases, [false, true]) func doubles(_ kind: UpsamplingKind, isSpectral: Bool) {
    let store = store()
    let y = layer(kind, store, isSpectral: isSpectral)(picture(), Pass(.batch))
    #expect(y.shape == [2, 8, 10, 3])
    let weights: [UpsamplingKind: Shape] = [
      .transposed: [6, 3, 4, 4], .nearest: [3, 6, 3, 3], .bilinear: [3, 6, 3, 3], .pixelShuffle: [12, 6, 3, 3],
    ]
    let key = isSpectral ? "up.weight_orig" : "up.weight"
    #expect(store.entries.first { $0.key == key }?.officialShape == weights[kind])
    #expect(store.parameters.first { $0.key == "up.bias" }?.tensor.count == (kind == .pixelShuffle ? 12 : 3))
    #expect(store.buffers.map(\.key) == (isSpectral ? ["up.weight_u", "up.weight_v"] : []))
  }

  @Test func nearestIsAConvolutionOfTheLargeMap() throws {
    let store = store(), x = picture()
    let y = layer(.nearest, store)(x, Pass(.batch))
    let (weight, bias) = (store.entries[0].tensor, store.entries[1].tensor)
    let expected = x.upsampledTwice().convolved(weight, bias: bias, padding: 1, mode: .reflect)
    expectClose(y.doubles, expected.doubles, absolute: 1e-12)
  }

  /// By hand: 1/4 of the neighbour and 3/4 of the pixel, and no neighbour at the border.
  @Test func bilinearLiesBetweenPixels() {
    let store = store(),
      conv = Upsampling(
        .bilinear, store.root, 1, 1, kernel: 4, taps: 1, mode: .reflect, bias: false, isSpectral: false)
    store.entries[0].tensor.assign(Tensor(repeating: 1, [1, 1, 1, 1], type: .float64))
    let y = conv(Tensor([0, 4, 8, 12] as [Double], [1, 2, 2, 1]), Pass(.batch))
    expectClose(
      y.doubles, [0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12], absolute: 1e-12)
  }

  /// Sub-pixel convolutions start as nearest-neighbour ones (Aitken et al. 2017): no checkerboard.
  @Test(arguments: [Initialization.normal(gain: 0.5), .pytorch, .orthogonal(gain: 1), .kaiming(gain: 1)])
  func pixelShuffleStartsSmooth(_ scheme: Initialization) {
    let store = store(scheme)
    let y = layer(.pixelShuffle, store)(picture(), Pass(.batch))
    let small = y.averagePooled(kernel: 2, stride: 2)
    expectClose(small.upsampledTwice().doubles, y.doubles, absolute: 1e-12)
    let first = y.doubles[0]
    #expect(y.doubles.contains { abs($0 - first) > 0.1 })
  }
}

@Suite struct SelfAttentionTests {
  init() throws { try Engine.start(threads: 2) }

  private let store = TensorStore(
    name: "G", initializer: Initializer(.normal(gain: 0.5), random: RandomStream(seed: 2)), elementType: .float64)

  private func picture() -> Tensor {
    var random = RandomStream(seed: 3)
    return Tensor((0..<2 * 3 * 4 * 16).map { _ in Double(random.uniform(-1, 1)) }, [2, 3, 4, 16])
  }

  @Test func changesNothingUntilGammaIsLearned() throws {
    let attention = SelfAttention(store.root["a"], 16, isSpectral: false), x = picture()
    #expect(attention(x, Pass(.batch)).doubles == x.doubles)
    let gamma = try #require(store.entries.first { $0.key == "a.gamma" })
    let found = try gradients(
      of: [attention(x, Pass(.batch)).squared().sum()], withRespectTo: [gamma.tensor])
    #expect(try #require(found[0]).item != 0)
    gamma.tensor.assign(Tensor(repeating: 1, [1], type: .float64))
    #expect(attention(x, Pass(.batch)).doubles != x.doubles)
  }

  @Test func keysAndShapes() {
    _ = SelfAttention(store.root["a"], 16, isSpectral: false)
    _ = SelfAttention(store.root["few"], 4, isSpectral: true)
    let shapes = Dictionary(uniqueKeysWithValues: store.entries.map { ($0.key, $0.officialShape) })
    #expect(shapes["a.f.weight"] == [2, 16, 1, 1] && shapes["a.h.weight"] == [2, 16, 1, 1])
    #expect(shapes["a.v.weight"] == [16, 2, 1, 1] && shapes["a.gamma"] == [1])
    #expect(shapes["few.g.weight_orig"] == [1, 4, 1, 1] && shapes["few.v.weight_u"] == [4])
  }
}
