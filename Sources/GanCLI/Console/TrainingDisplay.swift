import Foundation
import GanTrain

/// Shows a training run on the console: one line of progress, and messages above it.
final class TrainingDisplay: TrainingObserver {
  private let console: Console
  private var steps = Pace()
  private var pictures = Pace()

  init(_ console: Console) { self.console = console }

  func notice(_ text: String) { console.notice(text) }

  func warning(_ text: String, help: String?) { console.warning(text, help: help) }

  func advanced(to status: TrainingStatus) {
    let time = ProcessInfo.processInfo.systemUptime
    steps.record(status.step, at: time)
    pictures.record(status.pictures, at: time)
    console.progress(line(status))
  }

  /// `epoch 2/200  step 340/20000  12.5 images/s  3m20s left  G_GAN 0.71 ...`; the losses last, since some models have
  /// more than fit.
  private func line(_ status: TrainingStatus) -> String {
    let losses = status.losses.map { "\($0.name) \(Format.threeDigits($0.value))" }.joined(separator: " ")
    var parts = ["epoch \(status.epoch)/\(status.epochs)", "step \(status.step)/\(status.allSteps)"]
    if let rate = pictures.perSecond { parts.append(Format.rate(rate)) }
    let left = [steps.remaining(of: status.allSteps), status.secondsLeft].compactMap { $0 }.min()
    if let left { parts.append("\(Format.duration(left)) left") }
    return (parts + [losses]).joined(separator: "  ")
  }
}
