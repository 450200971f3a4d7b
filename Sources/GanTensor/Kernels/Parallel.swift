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

/// Splits `count` rows of `size` elements for a memory-bound loop whose results have the same bits however it is split:
/// into smaller blocks if there are so many threads that some would have nothing to do.
func parallelRows(_ count: Int, of size: Int = 1, _ body: (Range<Int>) -> Void) {
  parallel(count, grain: rowsOfBlock(count, of: size), body)
}

/// Rows of a block of `parallelRows`. Blocks of single elements begin at whole vectors, so that the same elements are
/// left over for the end of a kernel's loop.
func rowsOfBlock(_ count: Int, of size: Int) -> Int {
  let least = elementGrain / 8
  let share = nextMultiple(of: least / 4, from: ceilDiv(count * size, 2 * ThreadPool.shared.width))
  return max(1, min(elementGrain, max(least, share)) / max(1, size))
}
