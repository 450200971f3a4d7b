/// The speed of training steps and the time to the end.
///
/// The first step, which also fills caches, does not count as soon as there is a second. Steps of the last half minute
/// tell the speed, so it settles at once and follows changes; what a run does besides (sheets, measurements) is added
/// to the remaining time in the proportion in which it was seen.
struct StepPace {
  private struct Sample {
    var steps: Int
    var pictures: Int
    var seconds: Double
  }

  private static let window = 30.0, leastSamples = 10
  /// Samples are merged up to this length.
  private static let leastSeconds = 0.25
  /// Seconds without other work that are assumed, so that an early sheet does not distort the estimate.
  private static let assumed = 300.0

  private var samples: [Sample] = []
  private var isFirstStep = true
  private var last: (step: Int, pictures: Int)?
  private var begin = 0.0, end = 0.0, busy = 0.0

  /// Records the end of a step.
  /// - Parameters:
  ///   - pictures: trained on in all.
  ///   - seconds: what the step took, with waiting for its pictures.
  ///   - time: on any clock.
  mutating func record(step: Int, pictures: Int, seconds: Double, at time: Double) {
    let sample = Sample(
      steps: step - (last?.step ?? step - 1), pictures: pictures - (last?.pictures ?? 0), seconds: max(0, seconds))
    last = (step, pictures)
    end = time
    if samples.isEmpty {
      samples = [sample]
      begin = time
      return
    }
    busy += sample.seconds
    if isFirstStep {
      isFirstStep = false
      samples = [sample]
    } else if let newest = samples.last, newest.seconds < Self.leastSeconds {
      samples[samples.count - 1] = Sample(
        steps: newest.steps + sample.steps, pictures: newest.pictures + sample.pictures,
        seconds: newest.seconds + sample.seconds)
    } else {
      samples.append(sample)
    }
    while samples.count > Self.leastSamples, seconds - samples[0].seconds >= Self.window { samples.removeFirst() }
  }

  private var seconds: Double { samples.reduce(0) { $0 + $1.seconds } }

  /// Steps per second; nil before there is a step.
  var stepsPerSecond: Double? { rate(\.steps) }
  var picturesPerSecond: Double? { rate(\.pictures) }

  private func rate(_ count: KeyPath<Sample, Int>) -> Double? {
    let seconds = seconds
    return seconds > 0 ? Double(samples.reduce(0) { $0 + $1[keyPath: count] }) / seconds : nil
  }

  /// Seconds since the end of the first step.
  var age: Double { end - begin }

  /// Seconds for so many further steps; nil if unknown.
  func remaining(steps: Int) -> Double? {
    guard let stepsPerSecond, stepsPerSecond > 0 else { return nil }
    let factor = (max(age, busy) + Self.assumed) / (busy + Self.assumed)
    return Double(max(0, steps)) / stepsPerSecond * factor
  }
}
