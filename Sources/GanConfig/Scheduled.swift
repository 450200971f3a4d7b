/// A number that may change from epoch to epoch. Settings declare it as
///
///     @Scheduled package var lambda = 10.0
///     .weight("lambda", \.$lambda, in: 0...1e6, "weight of ...")
///
/// and read it as an ordinary number: its value in the epoch that they were last told of, see `Settings.enter(epoch:)`.
@propertyWrapper
package struct Scheduled: Equatable, Sendable {
  package private(set) var schedule: Schedule
  private var current: Double

  package init(wrappedValue: Double) { self.init(Schedule(wrappedValue)) }

  init(_ schedule: Schedule) { (self.schedule, current) = (schedule, schedule.value(in: 1)) }

  /// The value in the current epoch. A new one is the same in all epochs.
  package var wrappedValue: Double {
    get { current }
    set { self = Scheduled(wrappedValue: newValue) }
  }

  /// The whole course.
  package var projectedValue: Scheduled {
    get { self }
    set { self = newValue }
  }

  /// The largest value of all epochs.
  package var most: Double { schedule.most }

  /// - Parameter epoch: from 1; nil for the largest value of all epochs.
  mutating func enter(epoch: Int?) { current = epoch.map(schedule.value) ?? schedule.most }
}

/// The course of a number over epochs: it stays the same, jumps, and moves along straight lines.
package struct Schedule: Equatable, Sendable {
  /// A change of the value: in one epoch, from which on it is the new one, or along a line that begins in `first` with
  /// the value before.
  struct Change: Equatable, Sendable {
    let first: Int
    let last: Int
    let value: Double
  }

  let start: Double
  /// In the order of their epochs, which do not overlap.
  let changes: [Change]

  init(_ start: Double, _ changes: [Change] = []) { (self.start, self.changes) = (start, changes) }

  var isConstant: Bool { changes.isEmpty }
  var most: Double { changes.reduce(start) { max($0, $1.value) } }

  /// - Parameter epoch: from 1.
  func value(in epoch: Int) -> Double {
    var value = start
    for change in changes where epoch >= change.first {
      guard epoch < change.last else {
        value = change.value
        continue
      }
      return value + (change.value - value) * Double(epoch - change.first) / Double(change.last - change.first)
    }
    return value
  }
}

extension Settings {
  /// Gives all numbers that change from epoch to epoch their value in this one.
  /// - Parameter epoch: from 1; nil for their largest values, with which a step does all of its work.
  package mutating func enter(epoch: Int?) { for option in Self.options { option.enter?(&self, epoch) } }
}

extension ValueFormat where Value == Scheduled {
  private static var example: String { "{1: 10, 51: 5, 60-100: 0}" }

  /// A number, or a group of epochs with the values that begin there.
  static func scheduled(in range: NumberRange) -> ValueFormat {
    let number = ValueFormat<Double>.number(in: range), expected = "a number, or numbers by epochs such as \(example)"
    return ValueFormat(
      expected: expected, plural: "numbers", allowed: range.description,
      read: { node in
        if case .scalar(let text, quoted: true) = node.content, text.hasPrefix("{") {
          return .failure(Complaint(message: "expected \(expected), found a text", hint: "remove the quotes: \(text)"))
        }
        guard case .mapping(let entries) = node.content else {
          return number.read(node).map { Scheduled(wrappedValue: $0) }
        }
        return schedule(entries, number).map { Scheduled($0) }
      },
      write: { text(of: $0.schedule, number) })
  }

  private static func text(of schedule: Schedule, _ number: ValueFormat<Double>) -> String {
    guard !schedule.isConstant else { return number.write(schedule.start) }
    let changes = schedule.changes.map { change in
      let epochs = change.first == change.last ? "\(change.first)" : "\(change.first)-\(change.last)"
      return "\(epochs): \(number.write(change.value))"
    }
    return "{" + (["1: \(number.write(schedule.start))"] + changes).joined(separator: ", ") + "}"
  }

  private static func schedule(
    _ entries: [ConfigNode.Entry], _ number: ValueFormat<Double>
  ) -> Result<Schedule, Complaint> {
    var start: Double?, changes: [Schedule.Change] = []
    for entry in entries {
      guard let (first, last) = epochs(entry.key) else {
        return refusal("expected an epoch such as 51, or epochs such as 60-100, found \(quoted(entry.key))")
      }
      let value: Double
      switch number.read(entry.value) {
      case .success(let read): value = read
      case .failure(let complaint):
        return .failure(Complaint(message: "in epoch \(entry.key): \(complaint.message)", hint: complaint.hint))
      }
      if start == nil {
        guard first == 1, last == 1 else { return refusal("the first epoch must be 1, found \(entry.key)") }
        start = value
      } else {
        let before = changes.last?.last ?? 1
        // A line may begin where the one before ends.
        guard first > before || first == before && last > first else {
          return refusal("epochs must follow each other: \(entry.key) comes after \(before)")
        }
        changes.append(Schedule.Change(first: first, last: last, value: value))
      }
    }
    guard let start else { return refusal("expected numbers by epochs, found none") }
    return .success(Schedule(start, changes))
  }

  private static func refusal(_ message: String) -> Result<Schedule, Complaint> {
    .failure(
      Complaint(
        message: message,
        hint: "for instance \(example): 10 from epoch 1 on, 5 from epoch 51 on, and from epoch 60 to 100 down to 0"))
  }

  /// `51`, or `60-100`.
  private static func epochs(_ text: String) -> (first: Int, last: Int)? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      Int($0.filter { $0 != " " })
    }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 1 else { return nil }
    return ends.count == 1 || first < last ? (first, last) : nil
  }
}

extension Option {
  /// A number that may change from epoch to epoch.
  package static func weight(
    _ key: String, _ path: Path<Scheduled>, in range: ClosedRange<Double>, _ help: String
  ) -> Option {
    Option(key, path, .scheduled(in: NumberRange(range)), help, enter: { $0[keyPath: path].enter(epoch: $1) })
  }

  /// The same, written `auto` for nil, which means a suitable value.
  package static func automaticWeight(
    _ key: String, _ path: Path<Scheduled?>, in range: NumberRange, _ help: String
  ) -> Option {
    Option(
      key, path, ValueFormat<Scheduled>.scheduled(in: range).automatic(), help,
      enter: { $0[keyPath: path]?.enter(epoch: $1) })
  }
}
