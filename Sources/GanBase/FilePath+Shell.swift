extension FilePath {
  /// The path as one word of a shell's command line: in quotes if it needs them, and in bash's `$'...'` if it has
  /// bytes that cannot be shown.
  package var shellWord: String {
    let text = shown
    guard Array(text.utf8) == bytes else {
      let escaped = bytes.map { byte in
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\")
          ? String(Unicode.Scalar(byte)) : "\\x" + hexadecimal(byte)
      }
      return "$'\(escaped.joined())'"
    }
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-./+=:@%,".unicodeScalars.contains($0)
    }
    return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
