import Foundation
import Testing

@testable import GanBase

@Suite struct RandomStreamTests {
  /// Known answers published with the generator (Random123, philox4x32-10).
  @Test func knownAnswers() {
    var zero = RandomStream(seed: 0)
    #expect((0..<4).map { _ in zero.nextWord() } == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
  }

  @Test func resumesFromItsState() {
    var stream = RandomStream(seed: 7, stream: 3)
    _ = stream.normals(11)
    var copy = RandomStream(stream.state)
    #expect(stream.normals(9) == copy.normals(9))
  }

  @Test func normalsHaveUnitVariance() {
    var stream = RandomStream(seed: 1)
    let values = stream.normals(100_000).map(Double.init)
    let mean = values.reduce(0, +) / 1e5
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 1e5
    #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.02)
  }

  @Test func permutationHoldsEachIndexOnce() {
    var stream = RandomStream(seed: 2)
    #expect(stream.permutation(100).sorted() == Array(0..<100))
  }
}

@Suite struct SuggestionTests {
  @Test func findsNearWords() {
    #expect(suggestion(for: "epohcs", among: ["epochs", "steps"]) == "epochs")
    #expect(suggestion(for: "zzz", among: ["epochs", "steps"]) == nil)
  }
}

@Suite struct ThreadPoolTests {
  @Test func everyBlockRunsOnce() {
    ThreadPool.shared.start(threads: 3)
    for count in [0, 1, 2, 7, 1000] {
      var hits = [Int](repeating: 0, count: count)
      hits.withUnsafeMutableBufferPointer { buffer in
        let base = UncheckedBox(buffer)
        ThreadPool.shared.run(count) { base.value[$0] += 1 }
      }
      #expect(hits == [Int](repeating: 1, count: count))
    }
  }

  private struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}
