import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

@Suite struct TogetherTests {
  private let discriminator: PatchDiscriminator = {
    let initializer = Initializer(.normal(gain: 0.2), random: RandomStream(seed: 3))
    let store = TensorStore(name: "D", initializer: initializer, elementType: .float64)
    return PatchDiscriminator(store.root, inputs: 2, width: 4, layers: 1, norm: .instance)
  }()

  private func pictures(_ seed: UInt64, _ size: Int) -> Tensor {
    var stream = RandomStream(seed: seed)
    return Tensor.normal([2, size, size, 2], from: &stream, type: .float64).variable()
  }

  /// The sum of all scores, the first batch's counted three times, and its gradients.
  private func found(_ batches: [Tensor], separately: Bool, calls: inout Int) throws -> [[Double]] {
    var count = 0
    let scores = together(batches, separately: separately) {
      count += 1
      return discriminator($0, Pass(.batch))
    }
    calls = count
    let total = scores.enumerated().map { ($1.squared() * ($0 == 0 ? 3 : 1)).sum() }
      .reduce(Tensor.zeros([], type: .float64), +)
    return scores.map(\.doubles)
      + (try gradients(of: [total], withRespectTo: batches)).map { $0?.doubles ?? [] }
  }

  @Test func onePassGivesWhatSeveralGive() throws {
    let batches = [pictures(1, 16), pictures(2, 16), pictures(3, 16)]
    var calls = 0
    let apart = try found(batches, separately: true, calls: &calls)
    #expect(calls == 3)
    let joined = try found(batches, separately: false, calls: &calls)
    #expect(calls == 1)
    #expect(apart.count == 6 && joined.count == 6)
    for (a, b) in zip(apart, joined) {
      #expect(a.contains { abs($0) > 1e-3 })
      expectClose(b, a, absolute: 1e-10)
    }
  }

  @Test func picturesOfOtherSizesGoAlone() throws {
    var calls = 0
    let results = try found([pictures(1, 16), pictures(2, 24)], separately: false, calls: &calls)
    #expect(calls == 2)
    #expect(results.map(\.count) == [2 * 6 * 6, 2 * 10 * 10, 2 * 16 * 16 * 2, 2 * 24 * 24 * 2])
  }
}
