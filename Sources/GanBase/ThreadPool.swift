import CProcess
import Foundation
import Synchronization

/// The process's worker threads. Work is divided into blocks that depend on the problem, not on the number of threads
/// (unless the division cannot change results), so results have the same bits whatever `threads` is.
///
/// Sendable, because `threads` is set once before the first work, and `job` only by the thread that owns the pool, while
/// no other works.
package final class ThreadPool: @unchecked Sendable {
  package static let shared = ThreadPool()

  /// Threads that share the work, the calling one included.
  package private(set) var threads = 1

  /// Threads that a kernel may divide its work for, if its results have the same bits however it is divided.
  package var width: Int { recorder.withLock { $0?.width } ?? threads }

  /// Whether `run` does nothing when this thread calls it: in a dry run, which sets this, and in a
  /// computation that was cancelled.
  package var skipsWork: Bool {
    get { gp_skips_work() != 0 || Cancellation.current?.check() == true }
    set { gp_set_skips_work(newValue ? 1 : 0) }
  }

  /// What is left to do: the number of blocks in the upper half, the next one in the lower. One word, so that
  /// taking a block and checking that its job still runs are one atomic operation.
  private let work = Atomic<UInt64>(0)
  private let done = Atomic<Int>(0)
  private let count = Atomic<Int>(0)
  private var job: ((Int) -> Void)?
  private let owner = Mutex(())
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  /// Polls before a waiting thread goes to sleep: roughly the time a sleeping one takes to wake.
  private static let polls = 4000

  private init() {
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  /// Sets the number of threads, once, before the first `run`; there are fewer if the system gives no more.
  package func start(threads count: Int) {
    precondition(count >= 1)
    guard count > threads else { return }
    for number in threads..<count {
      guard BackgroundThread.start("ganctl-worker", { self.serve() }) == 0 else { return }
      threads = number + 1
    }
  }

  /// Calls of `run` so far: equal work takes equally many, which shows its progress.
  package var runs: Int { count.load(ordering: .relaxed) }

  /// Runs `body(0) ... body(blocks - 1)`, each once, in any order, on all threads; returns when all
  /// are done. Called from within a block, or while another thread uses the pool, it runs serially.
  package func run(_ blocks: Int, _ body: (Int) -> Void) {
    if skipsWork { return }
    count.add(1, ordering: .relaxed)
    guard let cancellation = Cancellation.current else { return share(blocks, body) }
    let caller = pthread_self()
    share(blocks) { index in
      let isCancelled = pthread_equal(pthread_self(), caller) != 0 ? cancellation.check() : cancellation.isCancelled
      if !isCancelled { body(index) }
    }
  }

  /// The time that this thread computes, without the times at which others had its core.
  private enum ProcessorTime {
    static func measure(_ work: () throws -> Void) rethrows -> Double {
      let begin = now
      try work()
      return now - begin
    }

    private static var now: Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
  }

  /// Times the regions that one thread starts, block by block, and runs them on that thread.
  private final class Recorder: @unchecked Sendable {
    let caller = pthread_self()
    let width: Int
    var regions: [ParallelProfile.Region] = []
    var isInRegion = false

    init(width: Int) { self.width = width }

    func run(_ blocks: Int, _ body: (Int) -> Void) {
      // A region within a block belongs to that block.
      guard !isInRegion else { return (0..<max(blocks, 0)).forEach(body) }
      isInRegion = true
      defer { isInRegion = false }
      let times = (0..<max(blocks, 0)).map { index in ProcessorTime.measure { body(index) } }
      regions.append(ParallelProfile.Region(blocks: times))
    }
  }
  private let recorder = Mutex<Recorder?>(nil)

  /// How `work` divides into parallel regions and the rest on `width` threads. It is done on this thread alone.
  package func profile(width: Int = 1, _ work: () throws -> Void) rethrows -> ParallelProfile {
    let recorder = Recorder(width: width)
    self.recorder.withLock { $0 = recorder }
    defer { self.recorder.withLock { $0 = nil } }
    let seconds = try ProcessorTime.measure(work)
    return ParallelProfile(regions: recorder.regions, seconds: seconds)
  }

  /// Seconds that it takes to bring all threads into a region and to end it: the median of many.
  package func regionOverhead() -> Double {
    let clock = ContinuousClock()
    let times = (0..<201).map { _ in
      let arrived = Atomic(0)
      return clock.measure {
        run(threads) { _ in
          arrived.add(1, ordering: .relaxed)
          // Not for ever: one thread takes all blocks if the pool is busy.
          for _ in 0..<10_000 where arrived.load(ordering: .relaxed) < threads { sched_yield() }
        }
      }
    }
    return times.sorted()[100] / .seconds(1)
  }

  private func share(_ blocks: Int, _ body: (Int) -> Void) {
    if let recorder = recorder.withLock({ $0 }), pthread_equal(pthread_self(), recorder.caller) != 0 {
      return recorder.run(blocks, body)
    }
    if blocks <= 1 || threads == 1 {
      for index in 0..<max(blocks, 0) { body(index) }
      return
    }
    let shared: Void? = owner.withLockIfAvailable { _ in
      withoutActuallyEscaping(body) { spread(blocks, $0) }
    }
    if shared == nil { for index in 0..<blocks { body(index) } }
  }

  /// Waits for the blocks that other threads have taken, not for threads that woke up too late to take any: on a busy
  /// machine a thread may wait long before it runs.
  private func spread(_ blocks: Int, _ body: @escaping (Int) -> Void) {
    precondition(blocks <= UInt32.max)
    pthread_mutex_lock(mutex)
    job = body
    done.store(0, ordering: .relaxed)
    work.store(UInt64(blocks) << 32, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
    while let index = take() {
      body(index)
      done.add(1, ordering: .relaxed)
    }
    while done.load(ordering: .acquiring) < blocks { sched_yield() }
    job = nil
  }

  /// The next block; nil when all are taken.
  private func take() -> Int? {
    var seen = work.load(ordering: .acquiring)
    while seen >> 32 > seen & 0xffff_ffff {
      let (exchanged, original) = work.compareExchange(
        expected: seen, desired: seen + 1, successOrdering: .acquiring, failureOrdering: .acquiring)
      if exchanged { return Int(seen & 0xffff_ffff) }
      seen = original
    }
    return nil
  }

  /// Separate from `serve` so that the closure is released before the block is reported as done.
  @inline(never) private func perform(_ index: Int) {
    if let job { job(index) }
  }

  private func serve() {
    while true {
      let index = takeOrSleep()
      perform(index)
      done.add(1, ordering: .releasing)
    }
  }

  private func takeOrSleep() -> Int {
    for _ in 0..<Self.polls {
      if let index = take() { return index }
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let index = take() { return index }
      pthread_cond_wait(wake, mutex)
    }
  }
}
