import Foundation
import GanBase
import GanConfig
import GanTestSupport
import Testing

@Suite struct BadFileTests {
  private func failure(_ path: String) -> GanError? {
    #expect(throws: GanError.self) { try ConfigDocument(file: FilePath(path)) }
  }

  @Test func filesThatCannotBeRead() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("train: {}", to: folder + "/cyclegan.yaml")
      let missing = failure(folder + "/cylegan.yaml")
      #expect(missing?.code == .usage)
      #expect(missing?.diagnostics.first?.location == folder + "/cylegan.yaml")
      #expect(missing?.diagnostics.first?.help == "did you mean \(folder)/cyclegan.yaml?")
      #expect(failure(folder + "/no/such/file.yaml")?.diagnostics.first?.help == "check the path")
      #expect(failure("no-such-file.yaml")?.diagnostics.first?.help?.contains("current folder") == true)
      #expect(failure(folder)?.diagnostics.first?.message == "is a folder, not a configuration file")
      #expect(failure(folder)?.diagnostics.first?.help == "give a file, for instance \(folder)/cyclegan.yaml")
      #expect(failure(folder + "/cyclegan.yaml/x")?.code == .usage)
      #expect(failure("")?.code == .usage)
      #expect(failure("/dev/zero")?.diagnostics.first?.message.contains("found a device") == true)
    }
  }

  @Test func filesThatAreNotText() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.yaml"
      try AtomicFile.write(Data([0x61, 0x3A, 0x20, 0x31, 0x0A, 0x62, 0xC3, 0xA9, 0xFF, 0x0A, 0x63]), to: path)
      let error = failure(path)
      #expect(error?.diagnostics.first?.location == path + ":2:3")
      #expect(error?.diagnostics.first?.message == "is not UTF-8 text")
      try AtomicFile.write(Data("train: {}".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }), to: path)
      #expect(failure(path)?.code == .usage)
      try AtomicFile.write(Data([0xEF, 0xBB, 0xBF]) + Data("train:\r\n  epochs: x\r\n".utf8), to: path)
      var document = try ConfigDocument(file: FilePath(path))
      _ = document.decode(SampleSettings.self, section: "train")
      let typed = #expect(throws: GanError.self) { try document.finish() }
      #expect(typed?.diagnostics.first?.location == path + ":2:11")
    }
  }

  @Test(arguments: [
    ("train:\n\tepochs: 5\n", "a.yaml:2:1", "YAML does not allow tabs"),
    ("train:\n  epochs: [1, 2\nrate: 3\n", "a.yaml:3:", "close the bracket"),
    ("train:\n  folder: \"abc\n", "a.yaml:3:1", "close the quotation mark"),
    ("train:\n  folder: @abc\n", "a.yaml:2:11", "quotes"),
    ("train:\n  folder: a: b\n", "a.yaml:2:12", "needs quotes"),
    ("train:\n  epochs: 3\n rate: 4\n", "a.yaml:3:2", "indentation"),
    ("train: *nobody\n", "a.yaml:1:8", "quotes"),
    ("a: 1\n---\nb: 2\n", "a.yaml:2:1", "---"),
    ("train: {}\nepochs\n", "a.yaml:3:1", "key: value"),
    ("- 1\n- 2\n", "a.yaml:1:1", "train:"),
    ("hello", "a.yaml:1:1", "train:"),
    ("42", "a.yaml:1:1", "train:"),
    ("a: \u{1}\n", "a.yaml:1:4", "escape"),
    ("train: {[a]: 1}", "a.yaml:1:9", "key: value"),
    ("train: {<<: 5}", "a.yaml:1:13", "anchor"),
  ])
  func syntax(text: String, place: String, help: String) {
    let found = faults(text)
    #expect(found.count == 1)
    #expect(found.first?.location?.hasPrefix(place) == true, "\(found)")
    #expect(found.first?.help?.contains(help) == true, "\(found)")
  }

  @Test func absurdNestingIsRefused() {
    for depth in [50, 900, 5000, 100_000] {
      #expect(!faults("train: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).isEmpty)
      #expect(!faults(String(repeating: "[", count: depth)).isEmpty)
      #expect(!faults(String(repeating: "{a: ", count: depth)).isEmpty)
    }
    let ladder = (0..<800).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(!faults(ladder).isEmpty)
  }

  @Test func aliasesDoNotExplode() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect(faults(text).first?.message == "expands to too many values")
    let wrap = String(repeating: "[", count: 900)
    let unwrap = String(repeating: "]", count: 900)
    var chain = "a0: &a0 1\n"
    for level in 1..<16 { chain += "a\(level): &a\(level) \(wrap)*a\(level - 1)\(unwrap)\n" }
    #expect(faults(chain).first?.message == "is nested too deeply")
    let many = (0..<5000).map { "a\($0): &a\($0) [\($0 == 0 ? "1" : "*a\($0 - 1)")]\n" }.joined()
    #expect(faults(many).first?.message == "has more than 16 anchors (&name)")
  }

  @Test func anyBytesEndInAnAnswer() {
    var stream = RandomStream(seed: 11)
    let alphabet = Array("train:epochs \n\n  -[]{},&*!|>'\"%@`#?~<\t0.5e\u{0}é\u{85}\\")
    for _ in 0..<3000 {
      let text = String(
        (0..<Int(stream.nextWord() % 60)).map { _ in alphabet[Int(stream.nextWord()) % alphabet.count] })
      #expect(faults(text).allSatisfy { !$0.message.contains("foreign") && !$0.message.contains("wrong exit") })
    }
  }
}
