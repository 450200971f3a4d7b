import Foundation

/// An output stream, and the properties of its terminal.
struct ConsoleDevice {
  /// Writes text; returns 0 or the system's error number.
  var write: (String) -> Int32
  /// Whether lines can be redrawn.
  var isTerminal: Bool
  var usesColour: Bool
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
      columns: { terminalColumns(descriptor) })
  }
}

private func terminalColumns(_ descriptor: Int32) -> Int {
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
  return Int(size.ws_col)
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
