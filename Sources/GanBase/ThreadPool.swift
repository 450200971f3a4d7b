import Foundation
import Synchronization

/// The process's worker threads. Work comes as a number of blocks that the problem decides, never
/// the number of threads, so results have the same bits whatever `threads` is.
public final class ThreadPool: @unchecked Sendable {
  public static let shared = ThreadPool()

  /// Threads that share the work, the calling one included.
  public private(set) var threads = 1

  private let next = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)
  private var total = 0
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

  /// Sets the number of threads, once, before the first `run`.
  public func start(threads count: Int) {
    precondition(count >= 1)
    guard count > threads else { return }
    for _ in threads..<count {
      let worker = Thread { [unowned self] in self.serve() }
      worker.stackSize = 4 << 20
      worker.name = "ganctl-worker"
      worker.start()
    }
    threads = count
  }

  /// Runs `body(0) ... body(blocks - 1)`, each once, in any order, on all threads; returns when all
  /// are done. Called from within a block, or while another thread uses the pool, it runs serially.
  public func run(_ blocks: Int, _ body: (Int) -> Void) {
    if blocks <= 1 || threads == 1 {
      for index in 0..<max(blocks, 0) { body(index) }
      return
    }
    let shared: Void? = owner.withLockIfAvailable { _ in
      withoutActuallyEscaping(body) { spread(blocks, $0) }
    }
    if shared == nil { for index in 0..<blocks { body(index) } }
  }

  private func spread(_ blocks: Int, _ body: @escaping (Int) -> Void) {
    pthread_mutex_lock(mutex)
    job = body
    total = blocks
    next.store(0, ordering: .relaxed)
    busy.store(threads - 1, ordering: .relaxed)
    generation.add(1, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
    drain(body, blocks)
    while busy.load(ordering: .acquiring) > 0 { sched_yield() }
    job = nil
  }

  private func drain(_ body: (Int) -> Void, _ blocks: Int) {
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      if index >= blocks { return }
      body(index)
    }
  }

  /// Apart from `serve` so that the closure is released before this thread reports that it is done.
  @inline(never) private func takePart() {
    if let job { drain(job, total) }
  }

  private func serve() {
    var seen = 0
    while true {
      var polls = 0
      while generation.load(ordering: .acquiring) == seen {
        polls += 1
        if polls < Self.polls { continue }
        pthread_mutex_lock(mutex)
        while generation.load(ordering: .relaxed) == seen { pthread_cond_wait(wake, mutex) }
        pthread_mutex_unlock(mutex)
      }
      seen = generation.load(ordering: .acquiring)
      takePart()
      busy.subtract(1, ordering: .releasing)
    }
  }
}
