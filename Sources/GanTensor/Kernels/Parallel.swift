import GanBase

/// Cuts `count` elements into blocks of `grain` and runs them on the pool. The blocks depend on the
/// problem alone, so results do not depend on the number of threads.
func parallel(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  if count <= grain {
    if count > 0, !ThreadPool.shared.skipsWork { body(0..<count) }
    return
  }
  let blocks = (count + grain - 1) / grain
  ThreadPool.shared.run(blocks) { block in
    body(block * grain..<min((block + 1) * grain, count))
  }
}

/// Elements of a memory-bound loop worth handing to another thread.
let elementGrain = 32768
