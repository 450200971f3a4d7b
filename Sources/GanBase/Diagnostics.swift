/// The exit status of the process. Documented in the README; scripts rely on it.
package enum ExitCode: Int32, Sendable {
  case ok = 0
  /// A check ran and did not pass (`verify`).
  case failed = 1
  /// Wrong command line or configuration.
  case usage = 2
  /// A picture or data folder that cannot be used.
  case input = 3
  /// A checkpoint, weight or fixture file that cannot be used.
  case checkpoint = 4
  /// Disk, permission, memory, lock.
  case environment = 5
  /// Training produced a loss that is not finite.
  case diverged = 6
  /// A defect of this program.
  case bug = 70
}

/// One problem: its location, a message, and what to do about it.
package struct Diagnostic: Equatable, Sendable {
  /// `file:line:column`, a path, or a tensor's name.
  package var location: String?
  package var message: String
  package var help: String?

  package init(_ message: String, at location: String? = nil, help: String? = nil) {
    self.message = message
    self.location = location
    self.help = help
  }

  /// A fault in the file or folder at `path`.
  package init(_ message: String, at path: FilePath?, help: String? = nil) {
    self.init(message, at: path.map(\.shown), help: help)
  }

  package var rendered: String {
    let head = location.map { "\($0): \(message)" } ?? message
    return help.map { "\(head)\n  help: \($0)" } ?? head
  }
}

/// Everything a user or a file can cause is thrown as this; it decides the exit code.
package struct GanError: Error, CustomStringConvertible, Sendable {
  package let code: ExitCode
  package let diagnostics: [Diagnostic]

  package init(_ code: ExitCode, _ diagnostics: [Diagnostic]) {
    self.code = code
    self.diagnostics = diagnostics
  }

  package init(_ code: ExitCode, _ message: String, at location: String? = nil, help: String? = nil) {
    self.init(code, [Diagnostic(message, at: location, help: help)])
  }

  package init(_ code: ExitCode, _ message: String, at path: FilePath?, help: String? = nil) {
    self.init(code, [Diagnostic(message, at: path, help: help)])
  }

  package var description: String { diagnostics.map(\.rendered).joined(separator: "\n") }

  package static func usage(_ message: String, at location: String? = nil, help: String? = nil) -> GanError {
    GanError(.usage, message, at: location, help: help)
  }
  package static func input(_ message: String, at location: String? = nil, help: String? = nil) -> GanError {
    GanError(.input, message, at: location, help: help)
  }
  package static func checkpoint(_ message: String, at location: String? = nil, help: String? = nil) -> GanError {
    GanError(.checkpoint, message, at: location, help: help)
  }
  package static func environment(_ message: String, at location: String? = nil, help: String? = nil) -> GanError {
    GanError(.environment, message, at: location, help: help)
  }

  package static func usage(_ message: String, at path: FilePath?, help: String? = nil) -> GanError {
    GanError(.usage, message, at: path, help: help)
  }
  package static func input(_ message: String, at path: FilePath?, help: String? = nil) -> GanError {
    GanError(.input, message, at: path, help: help)
  }
  package static func checkpoint(_ message: String, at path: FilePath?, help: String? = nil) -> GanError {
    GanError(.checkpoint, message, at: path, help: help)
  }
  package static func environment(_ message: String, at path: FilePath?, help: String? = nil) -> GanError {
    GanError(.environment, message, at: path, help: help)
  }
}

extension GanError {
  /// The same with one more sentence of help at its end.
  package func adding(help: String) -> GanError {
    var diagnostics = diagnostics
    guard var last = diagnostics.popLast() else { return self }
    last.help = last.help.map { "\($0); \(help)" } ?? help
    return GanError(code, diagnostics + [last])
  }
}
