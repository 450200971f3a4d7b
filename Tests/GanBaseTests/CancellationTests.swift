import Dispatch
import GanBase
import GanTestSupport
import Synchronization
import Testing

/// Work that is no longer wanted is left out.
@Suite(.serialized)
struct CancellationTests {
  @Test func blocksAreLeftOutOnceItIsRequested() throws {
    let done = Atomic<Int>(0)
    var isRequested = false
    let result: Int? = try Cancellation.run(when: { isRequested }) { cancellation in
      ThreadPool.shared.run(10) { _ in done.add(1, ordering: .relaxed) }
      #expect(done.load(ordering: .relaxed) == 10)
      #expect(!ThreadPool.shared.skipsWork && !cancellation.isCancelled)
      isRequested = true
      ThreadPool.shared.run(10) { _ in done.add(1, ordering: .relaxed) }
      #expect(ThreadPool.shared.skipsWork && cancellation.isCancelled)
      return 7
    }
    #expect(result == nil)
    #expect(done.load(ordering: .relaxed) == 10)
    // What comes later is done again.
    ThreadPool.shared.run(5) { _ in done.add(1, ordering: .relaxed) }
    #expect(done.load(ordering: .relaxed) == 15)
  }

  @Test func manyBlocksEndInTheirMidst() throws {
    var asked = 0
    let done = Atomic<Int>(0)
    let result: Void? = try Cancellation.run(
      when: {
        asked += 1
        return asked > 20
      },
      { _ in ThreadPool.shared.run(1_000_000) { _ in done.add(1, ordering: .relaxed) } })
    #expect(result == nil)
    #expect(done.load(ordering: .relaxed) < 1_000_000)
  }

  @Test func whatIsNotRequestedIsDone() throws {
    #expect(try Cancellation.run(when: { false }, { _ in 7 }) == 7)
    #expect(throws: GanError.self) {
      _ = try Cancellation.run(when: { false }, { _ in throw GanError(.bug, "a fault") })
    }
    // What a computation says that has lost its numbers does not matter.
    let result: Int? = try Cancellation.run(when: { true }) { _ in
      ThreadPool.shared.run(1) { _ in }
      return 7
    }
    #expect(result == nil)
  }

  @Test func afterTheLastMomentItIsDoneToItsEnd() throws {
    var isRequested = false
    let done = Atomic<Int>(0)
    let result: Int? = try Cancellation.run(when: { isRequested }) { cancellation in
      #expect(cancellation.commit())
      isRequested = true
      ThreadPool.shared.run(10) { _ in done.add(1, ordering: .relaxed) }
      return 7
    }
    #expect(result == 7)
    #expect(done.load(ordering: .relaxed) == 10)
    let late: Int? = try Cancellation.run(when: { true }) { cancellation in
      #expect(!cancellation.commit())
      return 7
    }
    #expect(late == nil)
  }

  @Test func whatIsNoWorkOfBlocksIsLeftToItself() throws {
    #expect(Cancellation.detached { 7 } == 7)
    #expect(try Cancellation.run(when: { false }, { _ in Cancellation.detached { 7 } }) == .some(7))
    let gate = DispatchSemaphore(value: 0)
    var asked = 0
    let result: Int? = try Cancellation.run(when: {
      asked += 1
      return asked > 3
    }) { _ in
      #expect(
        Cancellation.detached {
          gate.wait()
          return 7
        } == nil)
      return 8
    }
    gate.signal()
    #expect(result == nil)
  }

  @Test func anErrorOfWorkIsThrownEvenAfterTheLastMoment() throws {
    let done = Atomic<Int>(0)
    let error = #expect(throws: GanError.self) {
      _ = try Cancellation.run(when: { false }) { cancellation in
        #expect(cancellation.commit())
        OutOfMemory.report(.environment("the first", at: nil as String?))
        OutOfMemory.report(.environment("the second", at: nil as String?))
        ThreadPool.shared.run(10) { _ in done.add(1, ordering: .relaxed) }
        throw GanError(.bug, "a consequence")
      }
    }
    #expect(error?.code == .environment && error?.description == "the first")
    #expect(done.load(ordering: .relaxed) == 0)
  }

  /// Nothing is written of numbers that were not computed.
  @Test func whatRanOutOfMemoryIsNotWritten() throws {
    try withTemporaryFolder { folder in
      let path = FilePath("\(folder)/x.txt")
      #expect(throws: GanError.self) {
        try OutOfMemory.guarding {
          OutOfMemory.report(.environment("out of memory", at: nil as String?))
          try AtomicFile.write("text", to: path)
        }
      }
      #expect(path.parent.names.isEmpty)
    }
  }
}
