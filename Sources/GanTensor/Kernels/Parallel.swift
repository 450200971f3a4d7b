import GanBase

/// Splits `count` elements into blocks of `grain` and runs them on the pool. The blocks depend on the problem alone, so
/// results do not depend on the number of threads.
func parallel(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  if DryRun.isOn { return }
  if count <= grain {
    if count > 0 { body(0..<count) }
    return
  }
  ThreadPool.shared.run(ceilDiv(count, grain)) { block in
    body(block * grain..<min((block + 1) * grain, count))
  }
}

/// The same for blocks that need memory to work in, which a dry run counts.
/// - Parameter scratch: bytes of each `Storage` that `body` is given.
func parallel(_ count: Int, grain: Int, scratch: [Int], _ body: (Range<Int>, _ scratch: [Storage]) -> Void) {
  if DryRun.isOn { return DryRun.take(scratch, threads: min(ceilDiv(count, grain), ThreadPool.shared.threads)) }
  let computation = Cancellation.current
  parallel(count, grain: grain) { range in
    guard let blocks = Storage.scratch(scratch, for: computation) else { return }
    withExtendedLifetime(blocks) { body(range, blocks) }
  }
}

/// Elements of a memory-bound loop worth handing to another thread.
let elementGrain = 32768
