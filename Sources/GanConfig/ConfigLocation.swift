/// The origin of a configuration value: a position in a file, or an override on the command line.
package struct ConfigLocation: Hashable, Sendable {
  enum Place: Hashable, Sendable {
    case file(String, line: Int, column: Int)
    /// A source without line numbers.
    case source(String)
  }

  let place: Place

  static func file(_ name: String, line: Int, column: Int) -> ConfigLocation {
    ConfigLocation(place: .file(name, line: line, column: column))
  }

  static func source(_ name: String) -> ConfigLocation { ConfigLocation(place: .source(name)) }

  var line: Int? {
    if case .file(_, let line, _) = place { return line }
    return nil
  }
}

extension ConfigLocation: CustomStringConvertible {
  package var description: String {
    switch place {
    case .file(let name, let line, let column): return "\(name):\(line):\(column)"
    case .source(let name): return name
    }
  }
}

extension ConfigLocation: Comparable {
  /// Orders positions in a file before everything without a line.
  package static func < (first: ConfigLocation, second: ConfigLocation) -> Bool {
    switch (first.place, second.place) {
    case (.file(let a, let lineA, let columnA), .file(let b, let lineB, let columnB)):
      return (a, lineA, columnA) < (b, lineB, columnB)
    case (.file, .source): return true
    case (.source, _): return false
    }
  }
}
