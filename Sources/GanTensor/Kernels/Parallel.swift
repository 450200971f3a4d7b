import GanBase

/// Cuts `count` elements into blocks of `grain` and runs them on the pool. The blocks depend on the
/// problem alone, so results do not depend on the number of threads.
/// - Parameter scratch: bytes of each `Storage` that a block makes for itself, so that a dry run counts them.
func parallel(_ count: Int, grain: Int, scratch: [Int] = [], _ body: (Range<Int>) -> Void) {
  let blocks = ceilDiv(count, grain)
  if DryRun.isOn { return DryRun.take(scratch, threads: min(blocks, ThreadPool.shared.threads)) }
  if count <= grain {
    if count > 0 { body(0..<count) }
    return
  }
  ThreadPool.shared.run(blocks) { block in
    body(block * grain..<min((block + 1) * grain, count))
  }
}

/// Elements of a memory-bound loop worth handing to another thread.
let elementGrain = 32768
