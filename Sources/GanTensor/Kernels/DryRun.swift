import GanBase

/// Operations without computation and without memory: they check shapes, record, and count the memory that they would
/// take, and their results read as zeros. So the memory of a computation is known at once, even if it is not available.
///
/// Tensors created in a dry run must not be used outside it.
package final class DryRun {
  private let cache = MemoryCache(isImagined: true)

  package init() {}

  /// Runs `body`, which may continue what ran before.
  package func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
    precondition(!Self.isOn, "a dry run within another")
    return try Self.$cache.withValue(cache) {
      ThreadPool.shared.skipsWork = true
      defer { ThreadPool.shared.skipsWork = false }
      return try body()
    }
  }

  /// The largest number of bytes that the tensors' allocator would have had from the system at any time: for tensors, for
  /// the scratch memory of threads, and for blocks kept for later.
  package var mostBytes: Int { cache.mostBytes }

  /// Whether the calling thread skips work: in a dry run, and in a computation that was cancelled. The latter goes on
  /// like a dry run, except that its tensors have memory, unless that was what the system refused.
  package static var isOn: Bool { ThreadPool.shared.skipsWork }

  /// The allocator of the calling thread's dry run.
  @TaskLocal static var cache: MemoryCache?

  /// In a dry run, takes and gives back the memory that each of `count` threads works in.
  static func take(_ sizes: [Int], threads count: Int) {
    guard cache != nil else { return }
    let blocks = (0..<count).flatMap { _ in sizes.map { Storage(bytes: $0) } }
    withExtendedLifetime(blocks) {}
  }
}
