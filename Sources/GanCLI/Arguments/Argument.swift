import GanBase

/// A command-line argument. It is stored as bytes because paths need not be UTF-8.
struct Argument: Equatable, Sendable {
  let bytes: [UInt8]
  /// The argument as text, with invalid UTF-8 replaced.
  let text: String

  init(bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
    text = String(decoding: self.bytes, as: UTF8.self)
  }

  init(_ text: String) { self.init(bytes: text.utf8) }

  var path: FilePath { FilePath(bytes: bytes) }

  /// `--name` and `value` of `--name=value`; without `=`, the whole argument and nil.
  var parts: (name: String, value: Argument?) {
    guard let sign = bytes.firstIndex(of: UInt8(ascii: "=")) else { return (text, nil) }
    return (String(decoding: bytes[..<sign], as: UTF8.self), Argument(bytes: bytes[(sign + 1)...]))
  }
}
