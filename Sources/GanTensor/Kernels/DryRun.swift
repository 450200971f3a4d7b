import GanBase

/// Operations without their work: they check, allocate and record, and leave results as they find them. So the memory
/// of a computation is known in moments, exactly, before any of it is touched.
public enum DryRun {
  /// The most bytes that tensors hold at one time in `body`, less those that were held before. Nothing that is changed
  /// in it may be used afterwards, and nothing else may compute meanwhile.
  public static func peakBytes(_ body: () throws -> Void) rethrows -> Int {
    let cache = MemoryCache.shared
    ThreadPool.shared.skipsWork = true
    defer {
      ThreadPool.shared.skipsWork = false
      cache.trim()
      cache.resetPeak()
    }
    cache.trim()
    cache.resetPeak()
    let before = cache.liveBytes
    try body()
    return cache.peakBytes - before
  }
}
