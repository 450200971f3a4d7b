import Foundation

/// What is wrong with a JSON text, and at which byte.
package struct JSONError: Error, CustomStringConvertible {
  package let message: String
  package let position: Int
  package var description: String { "\(message) at byte \(position)" }
}

extension JSONValue {
  /// Reads RFC 8259 strictly, and refuses what readers disagree about: keys that appear twice,
  /// text that is not UTF-8, lone surrogates, nesting deeper than 64.
  /// Integers that fit an `Int` stay exact.
  package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }

  package init(parsing text: String) throws(JSONError) {
    var text = text
    let result: Result<JSONValue, JSONError> = text.withUTF8 { utf8 in
      do throws(JSONError) { return .success(try JSONValue(parsing: UnsafeRawBufferPointer(utf8))) } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }
}

private struct JSONParser {
  private static let deepest = 64

  let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try self.value()
    skipSpace()
    if position < bytes.count { throw problem("unexpected text after the document") }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    guard let byte = peek else { throw problem("unexpected end") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw problem("expected a value")
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    try descend()
    var members: [(key: String, value: JSONValue)] = []
    var seen = Set<String>()
    position += 1
    if take("}") { return ascend(.object([])) }
    repeat {
      skipSpace()
      let start = position
      guard peek == UInt8(ascii: "\"") else { throw problem("expected a key in quotes") }
      let key = try string()
      guard seen.insert(key).inserted else { throw JSONError(message: "key '\(key)' appears twice", position: start) }
      guard take(":") else { throw problem("expected ':'") }
      members.append((key, try value()))
    } while take(",")
    guard take("}") else { throw problem("expected ',' or '}'") }
    return ascend(.object(members))
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try descend()
    var values: [JSONValue] = []
    position += 1
    if take("]") { return ascend(.array([])) }
    repeat { values.append(try value()) } while take(",")
    guard take("]") else { throw problem("expected ',' or ']'") }
    return ascend(.array(values))
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let expected = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[position...].starts(with: expected) else { throw problem("expected a value") }
    position += expected.count
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    let leadsWithZero = peek == UInt8(ascii: "0")
    let whole = skipDigits()
    if whole == 0 || (leadsWithZero && whole > 1) { throw problem("expected a number") }
    var isInteger = true
    if peek == UInt8(ascii: ".") {
      position += 1
      isInteger = false
      if skipDigits() == 0 { throw problem("expected digits after '.'") }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      position += 1
      isInteger = false
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      if skipDigits() == 0 { throw problem("expected digits in the exponent") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw problem("number out of range") }
    return .number(number)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    return position - start
  }

  /// The text between quotes. Runs without escapes are taken whole.
  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text = ""
    while true {
      let start = position
      while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
      guard let run = String(validating: bytes[start..<position], as: UTF8.self) else {
        throw JSONError(message: "text that is not UTF-8", position: start)
      }
      text += run
      guard let byte = peek else { throw problem("text without an end") }
      position += 1
      if byte == UInt8(ascii: "\"") { return text }
      guard byte == UInt8(ascii: "\\") else { throw problem("control character in a text") }
      text.unicodeScalars.append(try escape())
    }
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = peek else { throw problem("text without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw problem("unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let unit = try fourDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
      throw problem("half of a surrogate pair")
    }
    position += 2
    let low = try fourDigits()
    guard 0xDC00...0xDFFF ~= low, let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) else {
      throw problem("half of a surrogate pair")
    }
    return scalar
  }

  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func descend() throws(JSONError) {
    depth += 1
    if depth > Self.deepest { throw problem("nested too deeply") }
  }

  private mutating func ascend(_ value: JSONValue) -> JSONValue {
    depth -= 1
    return value
  }

  private func problem(_ message: String) -> JSONError { JSONError(message: message, position: position) }
}
