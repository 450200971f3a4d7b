extension String {
  /// The text as it can be shown anywhere on one line. Names of files, values and keys of files may hold what steers a
  /// terminal, ends a line (and so forges a message) or turns the direction of writing: such characters are written as
  /// `\n`, `\x1B`, `\u{202E}`. A text that was escaped already stays as it is.
  package var shown: String {
    if unicodeScalars.allSatisfy(isPrintable) { return self }
    return unicodeScalars.reduce(into: "") { $0 += isPrintable($1) ? String($1) : escaped($1) }
  }
}

/// UTF-8 as text in the same form, with bytes that are not UTF-8 as `\xE9`.
func shownText(_ bytes: [UInt8]) -> String {
  var text = ""
  var parser = Unicode.UTF8.ForwardParser()
  var rest = bytes.makeIterator()
  var position = 0
  while true {
    switch parser.parseScalar(from: &rest) {
    case .emptyInput: return text
    case .valid(let encoded):
      position += encoded.count
      let scalar = Unicode.UTF8.decode(encoded)
      text += isPrintable(scalar) ? String(scalar) : escaped(scalar)
    case .error(let length):
      for byte in bytes[position..<position + length] { text += "\\x" + hexadecimal(byte) }
      position += length
    }
  }
}

/// False for characters that move the cursor, end the line, reverse the text around them, or cannot be seen.
package func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator: return false
  // Persian, Indian scripts and emoji are written with the first two; the others are visible signs of Arabic and Syriac.
  case .format: return [0x200C, 0x200D, 0x6DD, 0x70F, 0x8E2].contains(scalar.value) || (0x600...0x605) ~= scalar.value
  default: return true
  }
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": "\\n"
  case "\r": "\\r"
  case "\t": "\\t"
  default: scalar.isASCII ? "\\x" + hexadecimal(UInt8(scalar.value)) : scalar.escaped(asASCII: true)
  }
}

func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
