import Foundation
import GanBase
import GanMetrics

/// Shows how far a measurement is, and ends it after a signal.
final class MeasuringDisplay {
  /// A signal asked to stop.
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
    let rate = pace.perSecond.map { Format.rate($0, of: stage == .kid ? "subsets" : "images") } ?? ""
    let left = pace.remaining(of: total).map { "\(Format.duration($0)) left" } ?? ""
    console.progress("\(stage.rawValue) \(done)/\(total)  \(rate)  \(left)")
  }
}
