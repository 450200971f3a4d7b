import Foundation
import GanBase
import GanMetrics

/// Shows the progress of a measurement, and stops it after a signal.
final class MeasuringDisplay {
  /// Thrown after a signal.
  struct Interruption: Error {
    let signal: Int32
  }

  private let console: Console
  private var pace = Pace()
  private var stage: SetEvaluation.Stage?

  init(_ console: Console) { self.console = console }

  /// `generated 120/500  12.3 images/s  31s left`
  func show(_ stage: SetEvaluation.Stage, _ done: Int, _ total: Int) throws {
    if let signal = Signals.pending { throw Interruption(signal: signal) }
    if stage != self.stage {
      self.stage = stage
      pace = Pace()
    }
    pace.record(done, at: ProcessInfo.processInfo.systemUptime)
    var parts = [LinePart("\(stage.rawValue) \(done)/\(total)", 0)]
    if let rate = pace.perSecond, rate > 0 {
      parts.append(LinePart(Format.pace(rate, of: stage == .kid ? "subset" : "picture"), 2))
    }
    if let left = pace.remaining(of: total) { parts.append(LinePart("\(Format.duration(left)) left", 1)) }
    console.progress(LinePart.joined(parts, columns: console.progressColumns ?? .max))
  }
}
