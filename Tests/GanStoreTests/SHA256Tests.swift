import GanBase
import GanTestSupport
import Testing

@testable import GanStore

@Suite struct SHA256Tests {
  /// FIPS 180-4, examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func shortTexts(_ text: String, _ expected: String) throws {
    let hash = try SHA256()
    try Array(text.utf8).withUnsafeBytes { try hash.update($0) }
    #expect(try hash.finish() == expected)
  }

  /// A million times the letter a, as a file and in portions.
  @Test func longFiles() throws {
    let long = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    let scratch = try TemporaryFolder()
    let file = try InputFile(try scratch.write("long", long), .checkpoint)
    #expect(try SHA256.digits(of: file) == expected)
    // Longer than the portion that is read at once.
    let longer = try InputFile(try scratch.write("longer", long + long), .checkpoint)
    let hash = try SHA256()
    for _ in 0..<2 { try long.withUnsafeBytes { try hash.update($0) } }
    #expect(try SHA256.digits(of: longer) == hash.finish())
  }
}
