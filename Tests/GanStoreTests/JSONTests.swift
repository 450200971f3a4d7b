import Testing

@testable import GanStore

@Suite struct JSONTests {
  @Test func roundTripKeepsOrderAndText() throws {
    let value: JSONValue = [
      "z": [1, -2.5, true, .null], "a": ["text": "\"\\\n\t\r\u{1} größe 🙂", "empty": [:]], "n": .integer(.max),
    ]
    let text = value.encoded
    #expect(text.hasPrefix(#"{"z":[1,-2.5,true,null],"a":{"text":"\"\\\n\t\r\u0001 größe 🙂""#))
    #expect(try JSONValue(parsing: text) == value)
    #expect(JSONValue.number(.nan).encoded == "null")
  }

  @Test func readsEscapesAndNumbers() throws {
    let value = try JSONValue(
      parsing: #" {"s": "\u00e9\ud83d\ude42\/\b\f", "n": [0, -1e2, 9223372036854775807, 1e0]} "#)
    #expect(value["s"]?.string == "é🙂/\u{8}\u{c}")
    #expect(value["n"] == [0, .number(-100), .integer(.max), .number(1)])
    #expect(value["n"]?.array?[0].number == 0)
    #expect(try JSONValue(parsing: "9223372036854775808") == .number(0x1p63))
  }

  @Test(arguments: [
    "", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "-", "1.", "1e", ".5", "+1", "nul", "nulll", "\"",
    "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "1 2", "1e999", "'a'",
    "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}", "[[1]", "\u{FEFF}1",
  ])
  func refuses(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test func refusesDeepNestingAndBadUTF8() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    let bad: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(throws: JSONError.self) { try bad.withUnsafeBytes { try JSONValue(parsing: $0) } }
  }
}
