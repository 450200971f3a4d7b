import Foundation
import GanTestSupport
import Testing

@testable import GanBase

@Suite struct FilePathTests {
  @Test(arguments: [
    ("z", ".", "z"), ("", "", ""), ("/", "/", "/"), (".", ".", "."), ("..", ".", ".."), ("a/", ".", "a"),
    ("a/b", "a", "b"), ("/a", "/", "a"), ("a//b/", "a", "b"), ("../x", "..", "x"),
  ]) func parentsAndNames(path: String, parent: String, name: String) {
    let path = FilePath(path)
    #expect(path.shownName == name)
    if !path.isEmpty { #expect(path.parent.shown == parent) }
  }

  @Test func keepsBytesThatAreNotText() {
    let path = FilePath(bytes: Array("d/caf".utf8) + [0xE9] + Array(".PNG".utf8))
    #expect(path.bytes == Array("d/caf".utf8) + [0xE9] + Array(".PNG".utf8))
    #expect(path.shown == #"d/caf\xE9.PNG"#)
    #expect(path.ending == "png" && path.parent == "d")
    #expect(path.adding(suffix: "x").shown == #"d/caf\xE9.PNGx"#)
  }

  @Test(arguments: [
    ("a\nb", #"a\nb"#), ("a\u{1B}[2Jb", #"a\x1B[2Jb"#), ("a\u{202E}gnp", #"a\u{202E}gnp"#),
    ("a\u{2028}b", #"a\u{2028}b"#), ("a\u{85}b", #"a\u{0085}b"#), ("größe 写真 👍🏽", "größe 写真 👍🏽"),
  ]) func showsWhatATerminalCannotMisread(text: String, shown: String) {
    #expect(FilePath(text).shown.lowercased() == shown.lowercased())
  }

  @Test func twoSpellingsOfANameAreTwoFiles() throws {
    let folder = try TemporaryFolder()
    let path = FilePath(folder.path)
    let composed = path.appending("\u{E9}"), decomposed = path.appending("e\u{301}")
    #expect(composed != decomposed)
    try AtomicFile.write("1", to: composed)
    try AtomicFile.write("2", to: decomposed)
    #expect(path.names.count == 2)
  }
}
