import Foundation
import GanBase
import GanTrain

/// Shows a training run on the console: a progress line, and messages above it. The line is also updated during a long
/// step, or a long phase before the first step.
final class TrainingDisplay: TrainingObserver, @unchecked Sendable {
  /// Seconds after which the progress within a step is shown.
  private static let longStep = 2.0
  /// Seconds of training after which its length is told, if it is at least this long.
  private static let settlingSeconds = 10.0, longRun = 60.0
  /// Seconds from which on the remaining time is given as a date, too.
  private static let longTime = 86400.0

  private let console: Console
  private let clock: () -> Double
  /// Seconds since 1970.
  private let now: () -> Double
  /// Protects the properties below.
  private let lock = NSLock()
  private var pace = StepPace()
  /// When the last step ended; nil after other work.
  private var lastEnd: Double?
  private var toldOfTime = false
  private var status: TrainingStatus?
  private var phase: (text: String, since: Double)?
  /// The current step, its start time, and the work counter at its start.
  private var current: (step: Int, since: Double, work: Int)?
  private var workOfStep: Int?
  private var isOver = false
  private var toldOfSignal = false

  init(
    _ console: Console, clock: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime },
    now: @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) {
    (self.console, self.clock, self.now) = (console, clock, now)
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
      endPhase()
      isOver = true
      console.endProgress()
    }
  }

  func notice(_ text: String) { console.notice(text) }

  func warning(_ text: String, help: String?) { console.warning(text, help: help) }

  func detail(_ text: String) { console.detail(text) }

  func phase(_ text: String) {
    lock.withLock {
      // A phase whose text only counts up keeps its start time.
      let isSame = phase.map { $0.text.prefix(12) == text.prefix(12) } ?? false
      if !isSame { endPhase() }
      phase = (text, isSame ? phase?.since ?? clock() : clock())
      lastEnd = nil
    }
    show()
  }

  /// Tells how long the current phase took, if anybody wants to know. With the lock held.
  private func endPhase() {
    if let phase { console.detail("\(phase.text): \(Format.duration(clock() - phase.since))") }
    phase = nil
  }

  func began(step: Int) {
    lock.withLock {
      endPhase()
      current = (step, clock(), ThreadPool.shared.runs)
    }
    if step == 1 { show() }
  }

  func advanced(to status: TrainingStatus) {
    lock.withLock {
      let time = clock()
      if let begin = lastEnd ?? current?.since {
        pace.record(step: status.step, pictures: status.pictures, seconds: time - begin, at: time)
      }
      lastEnd = time
      if let current { workOfStep = ThreadPool.shared.runs - current.work }
      (self.status, phase, current) = (status, nil, nil)
      tellOfTime(status)
    }
    show()
  }

  /// Tells once, when the speed has settled, how long the run will take. With the lock held.
  private func tellOfTime(_ status: TrainingStatus) {
    guard !toldOfTime, pace.age >= Self.settlingSeconds, let rate = pace.stepsPerSecond, let left = left(status),
      left >= Self.longRun
    else { return }
    toldOfTime = true
    let step = rate < 0.5 ? Format.pace(rate, of: "step") : Format.rate(rate, of: "steps")
    console.notice("time:   \(step); about \(Format.duration(left)) to the end, \(Format.comingDate(now() + left))")
  }

  /// Seconds to the end of the run.
  private func left(_ status: TrainingStatus) -> Double? {
    [pace.remaining(steps: status.allSteps - status.step), status.secondsLeft].compactMap { $0 }.min()
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
    let under = underWay(clock())
    guard let status else { return clipped(under ?? "", columns: columns) }
    var parts = [LinePart("step \(status.step)/\(status.allSteps)", 0)]
    parts.insert(LinePart("epoch \(status.epoch)/\(status.epochs)", 4), at: 0)
    if let stage = status.stage { parts.insert(LinePart("stage \(stage.number)/\(stage.count)", 4), at: 0) }
    parts += speed(status)
    if let left = left(status) {
      parts.append(LinePart("\(Format.duration(left)) left", 1))
      if left >= Self.longTime { parts.append(LinePart("until \(Format.comingDate(now() + left))", 6)) }
    }
    if let under { parts.append(LinePart("[\(under)]", 3)) }
    for (index, loss) in status.losses.enumerated() {
      // The first two losses are those of generator and discriminator; the others are their terms.
      parts.append(
        LinePart("\(loss.name) \(Format.threeDigits(loss.value))", index < 2 ? 2 : 7 + index, isClose: index > 0))
    }
    return LinePart.joined(parts, columns: columns)
  }

  /// Logs of runs, which programs may read, have images/s; a terminal has a bar and the pace of steps.
  private func speed(_ status: TrainingStatus) -> [LinePart] {
    let images = pace.picturesPerSecond.map { LinePart(Format.rate($0), console.isTerminal ? 1001 : 5) }
    guard console.isTerminal else { return [images].compactMap { $0 } }
    var parts = [LinePart(LinePart.bar(status.step, of: status.allSteps, unicode: console.usesUnicode), 1000)]
    if let rate = pace.stepsPerSecond { parts.append(LinePart(Format.pace(rate, of: "step"), 5)) }
    if let images, pace.picturesPerSecond != pace.stepsPerSecond { parts.append(images) }
    return parts
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
