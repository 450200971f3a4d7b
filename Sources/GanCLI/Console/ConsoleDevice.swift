import Foundation

/// An output stream, and the properties of its terminal.
struct ConsoleDevice {
  /// Writes text; returns 0 or the system's error number.
  var write: (String) -> Int32
  /// Whether lines can be redrawn.
  var isTerminal: Bool
  var usesColour: Bool
  /// Whether characters beyond ASCII can be shown, as the locale says.
  var usesUnicode = false
  /// The current number of columns of the terminal.
  var columns: () -> Int

  /// The device for a file descriptor.
  static func descriptor(_ descriptor: Int32) -> ConsoleDevice {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    return ConsoleDevice(
      write: { writeAll($0, to: descriptor) },
      isTerminal: isTerminal,
      usesColour: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty,
      usesUnicode: hasUnicode(environment),
      columns: { terminalColumns(descriptor) ?? environment["COLUMNS"].flatMap { Int($0) } ?? 80 })
  }

  /// Whether the locale's character set is UTF-8, by the variables that decide on it in this order.
  static func hasUnicode(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }
}

/// Asked for each line, so that it follows changes of the window.
private func terminalColumns(_ descriptor: Int32) -> Int? {
  var size = winsize()
  return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
}

private func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written >= 0 {
      bytes = bytes.dropFirst(written)
    } else if errno == EAGAIN {
      // Another process that shares the stream may have made it non-blocking.
      var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&request, 1, 1000)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}
