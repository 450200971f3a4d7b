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

  /// Whether the calling thread is in a dry run, or in a computation that was cancelled, which goes on like one but for
  /// its tensors, which have memory.
  package static var isOn: Bool { ThreadPool.shared.skipsWork }

  /// That of the dry run that the calling thread is in.
  @TaskLocal static var cache: MemoryCache?

  /// Takes the room that each of `count` threads works in, and gives it back.
  static func take(_ sizes: [Int], threads count: Int) {
    let blocks = (0..<count).flatMap { _ in sizes.map { Storage(bytes: $0) } }
    withExtendedLifetime(blocks) {}
  }
}
