import GanBase

/// Operations without their work and without memory: they check, record, and count what they would take, and their
/// results hold zeros. So what a computation takes is known in moments, whether or not there is so much.
///
/// Tensors that are made in a dry run serve in that run alone.
package final class DryRun {
  private let cache = MemoryCache(isImagined: true)

  package init() {}

  /// Runs `body`, which may be a further part of what was run before.
  package func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
    precondition(!Self.isOn, "a dry run within another")
    return try Self.$cache.withValue(cache) {
      ThreadPool.shared.skipsWork = true
      defer { ThreadPool.shared.skipsWork = false }
      return try body()
    }
  }

  /// The most bytes that the tensors' allocator would have had from the system at one time: what tensors hold, what
  /// threads work in, and blocks that are kept for later.
  package var mostBytes: Int { cache.mostBytes }

  /// Whether the calling thread skips work: in a dry run, and in a computation that was cancelled. The latter goes on
  /// like a dry run, except that its tensors have memory, unless that was what the system refused.
  package static var isOn: Bool { ThreadPool.shared.skipsWork }

  /// That of the dry run that the calling thread is in.
  @TaskLocal static var cache: MemoryCache?

  /// In a dry run, takes and gives back the memory that each of `count` threads works in.
  static func take(_ sizes: [Int], threads count: Int) {
    guard cache != nil else { return }
    let blocks = (0..<count).flatMap { _ in sizes.map { Storage(bytes: $0) } }
    withExtendedLifetime(blocks) {}
  }
}
