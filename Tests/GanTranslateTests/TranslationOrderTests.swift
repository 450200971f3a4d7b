import Foundation
import Synchronization
import Testing

@testable import GanTranslate

@Suite struct TranslationOrderTests {
  @Test func valuesComeInOrder() {
    let values = InOrder<String>(4)
    var seen: [String] = []
    for index in [2, 0, 3, 1] {
      #expect(values.goesOn { true })
      values.finish(index, "\(index)", isLast: false) { done, value in seen.append("\(done):\(value)") }
      if index == 3 { #expect(seen == ["1:0"] && values.rest == ["2", "3"]) }
    }
    #expect(seen == ["1:0", "2:1", "3:2", "4:3"])
    #expect(values.rest.isEmpty && values.all == ["0", "1", "2", "3"])
  }

  @Test func anEndIsFinal() {
    let stopped = InOrder<Int>(3)
    #expect(!stopped.goesOn { false })
    #expect(!stopped.goesOn { true })
    let failed = InOrder<Int>(3)
    failed.finish(1, 7, isLast: true) { _, _ in Issue.record("its turn has not come") }
    #expect(!failed.goesOn { true })
    #expect(failed.rest == [7])
  }

  @Test func valuesOfManyThreadsComeInOrder() {
    let values = InOrder<Int>(500)
    let seen = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 500) { index in
      values.finish(index, index, isLast: false) { done, value in
        #expect(done == value + 1)
        seen.withLock { $0.append(value) }
      }
    }
    #expect(seen.withLock { $0 } == Array(0..<500))
  }
}
