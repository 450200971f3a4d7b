import Foundation
import GanBase
import GanStore

/// Prints results to stdout, and messages and progress to stderr. Progress is one line that is redrawn on a terminal,
/// or an occasional plain line elsewhere. Thread-safe.
///
/// All output goes through this class, which escapes line breaks and control characters in untrusted text such as file
/// names. See `String.shown`.
package final class Console: @unchecked Sendable {
  /// The console for the standard streams of the process.
  package static let shared = Console(output: .descriptor(STDOUT_FILENO), messages: .descriptor(STDERR_FILENO))

  /// Seconds between plain progress lines without a terminal: in the first two minutes, and later.
  static let firstPlainInterval = 4.0, plainInterval = 10.0
  /// Seconds between updates on a terminal.
  static let terminalInterval = 0.1

  private let output: ConsoleDevice
  private let messages: ConsoleDevice
  private let clock: () -> Double
  private let lock = NSLock()
  private var lastProgress: Double?
  private var firstProgress: Double?
  /// The current progress line on the terminal.
  private var shownLine: String?
  private var failure: Int32 = 0
  private var level = Verbosity.normal

  /// - Parameter clock: returns monotonic seconds.
  init(
    output: ConsoleDevice, messages: ConsoleDevice,
    clock: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime }
  ) {
    self.output = output
    self.messages = messages
    self.clock = clock
  }

  /// Whether progress is redrawn in place.
  package var isTerminal: Bool { messages.isTerminal }

  package var verbosity: Verbosity {
    get { lock.withLock { level } }
    set { lock.withLock { level = newValue } }
  }

  /// Whether the progress line may have characters beyond ASCII: on a terminal with a locale for them.
  var usesUnicode: Bool { messages.isTerminal && messages.usesUnicode }

  /// Columns for the progress line; nil without a terminal, for no limit.
  var progressColumns: Int? { messages.isTerminal ? messages.columns() - 1 : nil }

  // MARK: - Results

  /// Prints a line to stdout.
  package func result(_ line: String) { result(lines: [line]) }

  package func result(_ table: TextTable) { result(lines: table.lines) }

  package func result(_ value: JSONValue) {
    // Unprintable characters occur only in strings, where JSON can escape them.
    write(value.encoded.unicodeScalars.map { isPrintable($0) ? String($0) : inJSON($0) }.joined() + "\n")
  }

  package func result(lines: [String]) { write(lines.map { $0.shown + "\n" }.joined()) }

  /// Prints a text of several lines, such as a help page or YAML, keeping its line breaks.
  package func result(page: String) {
    let page = page.hasSuffix("\n") ? String(page.dropLast()) : page
    result(lines: page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }

  private func write(_ text: String) {
    lock.withLock {
      guard failure == 0 else { return }
      eraseLine()
      failure = output.write(text)
      redrawLine()
    }
  }

  private func inJSON(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { String(format: "\\u%04x", Int($0)) }.joined()
  }

  /// Why results could not be written; nil if they could. A reader that closes the pipe (`| head`) is not a failure.
  package var outputFailure: GanError? {
    let number = lock.withLock { failure }
    guard number != 0, number != EPIPE else { return nil }
    return .environment("cannot write to standard output: \(String(cString: strerror(number)))")
  }

  // MARK: - Messages

  /// Prints a message without a prefix, unless `--quiet` is given.
  package func notice(_ line: String) { notice(lines: [line]) }

  package func notice(lines: [String]) { if verbosity != .quiet { message(lines.map(\.shown)) } }

  /// Prints a message if `--verbose` is given.
  package func detail(_ line: @autoclosure () -> String) { if verbosity == .verbose { message([line().shown]) } }

  /// Prints a warning.
  /// - Parameter details: further lines below it.
  package func warning(_ text: String, details: [String] = [], help: String? = nil) {
    let lines = self.lines(of: Diagnostic(text, help: help), label: "warning", colour: .yellow)
    message(lines.prefix(1) + details.map { "  " + $0.shown } + lines.dropFirst())
  }

  /// Prints all diagnostics of an error.
  package func report(_ error: GanError) {
    let diagnostics = error.diagnostics.isEmpty ? [Diagnostic("failed without a reason")] : error.diagnostics
    let lines = diagnostics.flatMap { self.lines(of: $0, label: "error", colour: .red) }
    message(lines + (diagnostics.count > 1 ? ["ganctl: \(diagnostics.count) errors"] : []))
  }

  /// - Parameter lines: already escaped lines.
  private func message(_ lines: [String]) {
    lock.withLock {
      eraseLine()
      _ = messages.write(lines.map { $0 + "\n" }.joined())
      redrawLine()
    }
  }

  // MARK: - Progress

  /// Shows progress. On a terminal the line replaces the previous one, at most ten times per second; elsewhere it is
  /// printed every few seconds. The text is only evaluated when shown.
  /// - Parameter now: whether to show it in any case, for instance at the end of an epoch.
  package func progress(now: Bool = false, _ line: @autoclosure () -> String) {
    lock.withLock {
      if level == .quiet { return }
      let time = clock()
      let isEarly = time - (firstProgress ?? time) < 120
      let plain = isEarly ? Console.firstPlainInterval : Console.plainInterval
      let interval = messages.isTerminal ? Console.terminalInterval : plain
      if !now, let last = lastProgress, time - last < interval { return }
      (lastProgress, firstProgress) = (time, firstProgress ?? time)
      let text = line().shown
      if messages.isTerminal {
        shownLine = text
        redrawLine()
      } else {
        _ = messages.write(text + "\n")
      }
    }
  }

  /// Ends the progress line. The next message starts on a new line.
  /// - Parameter keep: whether to keep the line instead of erasing it.
  package func endProgress(keep: Bool = false) {
    lock.withLock {
      if keep, shownLine != nil {
        _ = messages.write("\n")
      } else {
        eraseLine()
      }
      shownLine = nil
      (lastProgress, firstProgress) = (nil, nil)
    }
  }

  private func eraseLine() {
    if shownLine != nil { _ = messages.write("\r\u{1B}[K") }
  }

  private func redrawLine() {
    guard let shownLine else { return }
    // The last column stays free: some terminals wrap as soon as it is filled. Wrapping is off meanwhile, for a window
    // that just became narrower and for characters that the terminal takes for wider than they are.
    let text = clipped(shownLine, columns: messages.columns() - 1)
    _ = messages.write("\r\u{1B}[?7l" + text + "\u{1B}[K\u{1B}[?7h")
  }

  // MARK: - Formatting

  private enum Colour: Int {
    case red = 31
    case yellow = 33
    case cyan = 36
  }

  /// The escaped lines of a diagnostic.
  private func lines(of diagnostic: Diagnostic, label: String, colour: Colour) -> [String] {
    let place = diagnostic.location.map { "\($0.shown): " } ?? ""
    let head = "ganctl: \(painted(label + ":", colour)) \(place)\(diagnostic.message.shown)"
    return [head] + (diagnostic.help.map { ["  \(painted("help:", .cyan)) \($0.shown)"] } ?? [])
  }

  private func painted(_ text: String, _ colour: Colour) -> String {
    messages.usesColour ? "\u{1B}[1;\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}
