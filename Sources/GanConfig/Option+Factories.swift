extension Option {
  package static func integer(
    _ key: String, _ path: Path<Int>, in range: ClosedRange<Int>, _ help: String
  ) -> Option {
    Option(key, path, .integer(in: range), help)
  }

  package static func integer(
    _ key: String, _ path: Path<Int>, in range: PartialRangeFrom<Int>, _ help: String
  ) -> Option {
    integer(key, path, in: range.lowerBound...Int.max, help)
  }

  /// Written `null` (or left empty) for none.
  package static func optionalInteger(
    _ key: String, _ path: Path<Int?>, in range: ClosedRange<Int>, _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<Int>.integer(in: range).optional(), help)
  }

  /// Written `auto` for nil, which means a suitable value.
  package static func automaticInteger(
    _ key: String, _ path: Path<Int?>, in range: ClosedRange<Int>, _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<Int>.integer(in: range).automatic(), help)
  }

  package static func integers(
    _ key: String, _ path: Path<[Int]>, in range: ClosedRange<Int>, count: ClosedRange<Int> = 0...Int.max,
    _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<Int>.integer(in: range).list(count: count), help)
  }

  /// Written `auto` for nil, which means a suitable value.
  package static func automaticFlag(_ key: String, _ path: Path<Bool?>, _ help: String) -> Option {
    Option(key, path, ValueFormat<Bool>.flag().automatic(), help)
  }

  /// Written `auto` for nil, and `null` (or left empty) for none.
  package static func automaticOptionalInteger(
    _ key: String, _ path: Path<Int??>, in range: ClosedRange<Int>, _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<Int>.integer(in: range).optional().automatic(), help)
  }

  package static func number(
    _ key: String, _ path: Path<Double>, in range: NumberRange, _ help: String
  ) -> Option {
    Option(key, path, .number(in: range), help)
  }

  package static func number(
    _ key: String, _ path: Path<Double>, in range: ClosedRange<Double>, _ help: String
  ) -> Option {
    number(key, path, in: NumberRange(range), help)
  }

  package static func number(
    _ key: String, _ path: Path<Double>, in range: PartialRangeFrom<Double>, _ help: String
  ) -> Option {
    number(key, path, in: NumberRange(range), help)
  }

  /// Written `null` (or left empty) for none.
  package static func optionalNumber(
    _ key: String, _ path: Path<Double?>, in range: NumberRange, _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<Double>.number(in: range).optional(), help)
  }

  /// Written `auto` for nil, which means a suitable value.
  package static func automaticNumber(
    _ key: String, _ path: Path<Double?>, in range: NumberRange, _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<Double>.number(in: range).automatic(), help)
  }

  /// `true`, `yes`, `on` or `false`, `no`, `off`.
  package static func flag(_ key: String, _ path: Path<Bool>, _ help: String) -> Option {
    Option(key, path, .flag(), help)
  }

  package static func text(_ key: String, _ path: Path<String>, _ help: String) -> Option {
    Option(key, path, .text(), help)
  }

  /// Written `null` (or left empty) for none.
  package static func optionalText(_ key: String, _ path: Path<String?>, _ help: String) -> Option {
    Option(key, path, ValueFormat<String>.text().optional(), help)
  }

  /// One of the raw values of an enumeration.
  package static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ key: String, _ path: Path<Choice>, _ help: String
  ) -> Option where Choice.RawValue == String {
    Option(key, path, .choice(), help)
  }

  package static func texts(
    _ key: String, _ path: Path<[String]>, count: ClosedRange<Int> = 0...Int.max, _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<String>.text().list(count: count), help)
  }

  package static func choices<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ key: String, _ path: Path<[Choice]>, count: ClosedRange<Int> = 0...Int.max, _ help: String
  ) -> Option where Choice.RawValue == String {
    Option(key, path, ValueFormat<Choice>.choice().list(count: count), help)
  }

  /// All options of shared settings but those of some keys, as options of this type with the same keys. The owner must
  /// forward `problems()` of the part.
  package static func all<Part: Settings>(of path: Path<Part>, except keys: String...) -> [Option] {
    Part.options.filter { !keys.contains($0.key) }.map { Option($0, in: path) }
  }
}
