import Foundation
import GanBase
import GanTrain

/// Shows a training run on the console: a progress line, and messages above it. The line is also updated during a long
/// step, or a long phase before the first step.
final class TrainingDisplay: TrainingObserver, @unchecked Sendable {
  /// Seconds after which the progress within a step is shown.
  private static let longStep = 2.0

  private let console: Console
  private let clock: () -> Double
  /// Protects the properties below.
  private let lock = NSLock()
  private var steps = Pace()
  private var pictures = Pace()
  private var status: TrainingStatus?
  private var phase: (text: String, since: Double)?
  /// The current step, its start time, and the work counter at its start.
  private var current: (step: Int, since: Double, work: Int)?
  private var workOfStep: Int?
  private var isOver = false
  private var toldOfSignal = false

  init(_ console: Console, clock: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime }) {
    (self.console, self.clock) = (console, clock)
  }

  /// Starts updating the line periodically, until `finish`.
  func start() {
    // If the thread cannot start, the line is updated only between steps.
    _ = BackgroundThread.start("ganctl-display") { [weak self] in
      while let display = self, !display.lock.withLock({ display.isOver }) {
        display.tellOfSignal()
        display.show()
        Thread.sleep(forTimeInterval: 0.5)
      }
    }
  }

  /// Removes the line and stops updating.
  func finish() {
    lock.withLock {
      isOver = true
      console.endProgress()
    }
  }

  func notice(_ text: String) { console.notice(text) }

  func warning(_ text: String, help: String?) { console.warning(text, help: help) }

  func phase(_ text: String) {
    lock.withLock {
      // A phase whose text only counts up keeps its start time.
      let since = phase.map { $0.text.prefix(12) == text.prefix(12) ? $0.since : clock() } ?? clock()
      phase = (text, since)
    }
    show()
  }

  func began(step: Int) {
    lock.withLock {
      phase = nil
      current = (step, clock(), ThreadPool.shared.runs)
    }
    if step == 1 { show() }
  }

  func advanced(to status: TrainingStatus) {
    lock.withLock {
      let time = clock()
      steps.record(status.step, at: time)
      pictures.record(status.pictures, at: time)
      if let current { workOfStep = ThreadPool.shared.runs - current.work }
      (self.status, phase, current) = (status, nil, nil)
    }
    show()
  }

  /// Acknowledges a signal at once, because saving may take a moment.
  private func tellOfSignal() {
    guard Signals.pending != nil else { return }
    let isNew = lock.withLock {
      defer { toldOfSignal = true }
      return !toldOfSignal && current != nil
    }
    if isNew { console.notice("Stopping with a checkpoint; a second Ctrl-C stops at once and keeps the last one.") }
  }

  private func show() {
    lock.withLock {
      guard !isOver, status != nil || phase != nil || current != nil else { return }
      console.progress(line(columns: console.progressColumns ?? .max))
    }
  }

  /// The line, without the least important parts if they do not fit.
  private func line(columns: Int) -> String {
    let now = clock()
    let under = underWay(now)
    guard let status else { return clipped(under ?? "", columns: columns) }
    var parts = [LinePart("step \(status.step)/\(status.allSteps)", 0)]
    parts.insert(LinePart("epoch \(status.epoch)/\(status.epochs)", 4), at: 0)
    if let rate = pictures.perSecond { parts.append(LinePart(Format.rate(rate), 5)) }
    let left = [steps.remaining(of: status.allSteps), status.secondsLeft].compactMap { $0 }.min()
    if let left { parts.append(LinePart("\(Format.duration(left)) left", 1)) }
    if let under { parts.append(LinePart("[\(under)]", 3)) }
    for (index, loss) in status.losses.enumerated() {
      // The first two losses are those of generator and discriminator; the others are their terms.
      parts.append(
        LinePart("\(loss.name) \(Format.threeDigits(loss.value))", index < 2 ? 2 : 6 + index, isClose: index > 0))
    }
    return LinePart.joined(parts, columns: columns)
  }

  /// For instance `step 13: 45%, 12s`, or the phase; nil if nothing takes long.
  private func underWay(_ now: Double) -> String? {
    if let phase {
      return now - phase.since < Self.longStep ? phase.text : "\(phase.text), \(Format.duration(now - phase.since))"
    }
    guard let current, status == nil || now - current.since >= Self.longStep else { return nil }
    let share = workOfStep.map { work in
      "\(min(99, (ThreadPool.shared.runs - current.work) * 100 / max(work, 1)))%, "
    }
    return "step \(current.step): \(share ?? "")\(Format.duration(now - current.since))"
  }
}

/// A part of a line that can be omitted.
private struct LinePart {
  let text: String
  /// Parts with a larger rank are omitted first; rank 0 is never omitted.
  let rank: Int
  /// Whether it is separated by one space instead of two.
  let isClose: Bool

  init(_ text: String, _ rank: Int, isClose: Bool = false) {
    (self.text, self.rank, self.isClose) = (text, rank, isClose)
  }

  static func joined(_ parts: [LinePart], columns: Int) -> String {
    var parts = parts
    while true {
      var text = ""
      for (index, part) in parts.enumerated() { text += (index == 0 ? "" : part.isClose ? " " : "  ") + part.text }
      guard displayWidth(text) > columns, let least = parts.indices.max(by: { parts[$0].rank < parts[$1].rank }),
        parts[least].rank > 0
      else { return clipped(text, columns: columns) }
      parts.remove(at: least)
    }
  }
}
