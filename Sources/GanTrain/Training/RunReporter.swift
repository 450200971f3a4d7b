import GanBase
import GanReport
import GanStore

/// Writes `report.html` of a run while it is trained.
struct RunReporter {
  private let folder: FilePath
  private let path: FilePath
  /// When the last page was done, and how many seconds it took.
  private var last: (end: ContinuousClock.Instant, seconds: Double)?

  init(_ folder: RunFolder) { (self.folder, path) = (folder.path, folder.reportPath) }

  /// The share of time that pages may take while the training goes on.
  private static let share = 0.05

  /// Writes the page, unless one was written so shortly before that pages would slow the training down.
  /// - Throws: `GanError` (environment) if the file cannot be written. What cannot be read is left out.
  mutating func writeOnTheWay(_ state: String) throws {
    if let last, (ContinuousClock.now - last.end) / .seconds(1) < last.seconds / Self.share { return }
    try write(state)
  }

  /// - Throws: `GanError` (environment) if the file cannot be written.
  mutating func write(_ state: String) throws {
    let begin = ContinuousClock.now
    // Without its configuration, which somebody must have removed, the run has nothing to show.
    guard let report = try? RunReport([folder], state: state) else { return }
    try AtomicFile.write(report.html, to: path)
    let end = ContinuousClock.now
    last = (end, (end - begin) / .seconds(1))
  }

  /// Whether a page is likely to be done within that many seconds.
  func fits(within seconds: Double) -> Bool { (last?.seconds ?? 0.2) < seconds }
}
