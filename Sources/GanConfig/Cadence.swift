/// How often something is done: after a number of steps, or after a time.
package enum Cadence: Equatable, Sendable {
  case never
  /// Whenever the step is a multiple of this number.
  case steps(Int)
  /// Whenever this many seconds have passed since the last time.
  case seconds(Double)

  /// The largest number of steps.
  static let most = 1_000_000_000

  /// Units of time, largest first.
  private static let units: [(name: String, seconds: Double, others: [String])] = [
    ("h", 3600, ["hr", "hrs", "hour", "hours"]), ("m", 60, ["min", "mins", "minute", "minutes"]),
    ("s", 1, ["sec", "secs", "second", "seconds"]),
  ]

  /// The text for a configuration.
  var text: String {
    switch self {
    case .never: return "0"
    case .steps(let steps): return "\(steps)"
    case .seconds(let seconds):
      let unit = Self.units.first { seconds >= $0.seconds && seconds.remainder(dividingBy: $0.seconds) == 0 }
      return shortNumber(seconds / (unit?.seconds ?? 1)) + (unit?.name ?? "s")
    }
  }

  /// How many times it occurs in a run.
  package func times(steps: Double, seconds: Double) -> Double {
    switch self {
    case .never: 1
    case .steps(let interval): steps / Double(interval)
    case .seconds(let interval): seconds / interval
    }
  }

  /// Parses a time; nil if `text` is not one.
  fileprivate static func time(_ text: String) -> Cadence? {
    let number = text.prefix { !$0.isLetter && !$0.isWhitespace }
    let word = text.dropFirst(number.count).drop(while: \.isWhitespace).lowercased()
    guard let value = parseNumber(String(number)), value > 0,
      let unit = units.first(where: { $0.name == word || $0.others.contains(word) })
    else { return nil }
    let seconds = value * unit.seconds
    return (1...1e8).contains(seconds) ? .seconds(seconds) : nil
  }
}

extension ValueFormat where Value == Cadence {
  /// - Parameter never: whether 0 is allowed.
  static func cadence(never: Bool) -> ValueFormat {
    let expected = "a number of steps or a time"
    return ValueFormat(
      expected: expected, plural: "cadences", allowed: "such as 500, 90s, 10m, 1h" + (never ? ", or 0" : ""),
      read: { node in
        guard case .scalar(let text, _) = node.content, !node.isNull else { return refusal(expected, node) }
        if let time = Cadence.time(text) { return .success(time) }
        switch parseWholeNumber(text) {
        case .value(0) where never: return .success(.never)
        case .value(let steps) where (1...Cadence.most).contains(steps): return .success(.steps(steps))
        case .value, .tooLarge: return .failure(Complaint(message: "\(text) is out of range"))
        case .notWhole: return refusal(expected, node)
        }
      },
      write: \.text)
  }
}

extension Option {
  /// A number of steps or a time; with `never`, 0 means never.
  package static func cadence(
    _ key: String, _ path: Path<Cadence>, never: Bool = true, _ help: String
  ) -> Option {
    Option(key, path, .cadence(never: never), help)
  }
}
