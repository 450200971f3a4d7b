import GanBase
import Testing

@testable import GanCLI

@Suite struct ConsoleTests {
  @Test func terminalsRedrawOneLine() {
    let test = TestConsole(terminal: true)
    var made = 0
    func show(_ text: String) {
      test.console.progress(
        {
          made += 1
          return text
        }())
    }
    show("step 1")
    #expect(test.takeMessages() == "\r\u{1B}[?7lstep 1\u{1B}[K\u{1B}[?7h")
    test.time = 0.05
    show("step 2")
    #expect(test.takeMessages() == "" && made == 1)
    test.time = 0.11
    show("step 3 of a very long line")
    #expect(test.takeMessages() == "\r\u{1B}[?7lstep 3 of a very lo\u{1B}[K\u{1B}[?7h")
    test.columns = 8
    test.console.notice("hello")
    #expect(test.takeMessages() == "\r\u{1B}[Khello\n\r\u{1B}[?7lstep 3 \u{1B}[K\u{1B}[?7h")
    test.console.result("out")
    #expect(test.output == "out\n")
    #expect(test.takeMessages() == "\r\u{1B}[K\r\u{1B}[?7lstep 3 \u{1B}[K\u{1B}[?7h")
    test.console.endProgress()
    #expect(test.takeMessages() == "\r\u{1B}[K")
    test.console.notice("bye")
    #expect(test.takeMessages() == "bye\n")
  }

  @Test func theLastLineCanStay() {
    let test = TestConsole(terminal: true)
    test.console.progress("a")
    test.console.progress(now: true, "b\nc\u{1B}")
    test.console.endProgress(keep: true)
    test.console.endProgress()
    #expect(test.messages == "\r\u{1B}[?7la\u{1B}[K\u{1B}[?7h\r\u{1B}[?7lb\\nc\\x1B\u{1B}[K\u{1B}[?7h\n")
  }

  @Test func logsGetPlainLinesNowAndThen() {
    let test = TestConsole()
    for second in (0...10).map({ $0 }) + (118...145) {
      test.time = Double(second)
      test.console.progress("at \(second)")
    }
    test.console.progress(now: true, "end")
    test.console.endProgress()
    #expect(test.messages == "at 0\nat 4\nat 8\nat 118\nat 128\nat 138\nend\n")
  }

  @Test func warningsAndColours() {
    let plain = TestConsole()
    plain.console.warning("odd", help: "look")
    #expect(plain.messages == "ganctl: warning: odd\n  help: look\n")
    let coloured = TestConsole(terminal: true, colour: true)
    coloured.console.warning("odd\u{7}")
    #expect(coloured.messages == "ganctl: \u{1B}[1;33mwarning:\u{1B}[0m odd\\x07\n")
    plain.console.report(GanError(.bug, []))
    #expect(plain.messages.hasSuffix("ganctl: error: failed without a reason\n"))
  }

  /// Whatever a value holds, it makes no line of its own and steers nothing.
  @Test func valuesForgeNothing() {
    let evil = "a\nganctl: error: forged\r\u{1B}[2K\u{9B}1m\u{202E}\u{2066}\u{200B}\u{2028}\u{E0041}b"
    let shown = #"a\nganctl: error: forged\r\x1B[2K\u{009B}1m\u{202E}\u{2066}\u{200B}\u{2028}\u{000E0041}b"#
    let test = TestConsole()
    test.console.notice(evil)
    test.console.warning(evil, details: [evil], help: evil)
    test.console.report(.input(evil, at: evil, help: evil))
    test.console.progress(now: true, evil)
    #expect(
      test.messages == """
        \(shown)
        ganctl: warning: \(shown)
          \(shown)
          help: \(shown)
        ganctl: error: \(shown): \(shown)
          help: \(shown)
        \(shown)

        """)
    var table = TextTable([.leading, .leading])
    table.add([evil, "x"])
    test.console.result(evil)
    test.console.result(table)
    test.console.result(page: "1\n\n2\u{1B}\n")
    test.console.result(.object([("\u{202E}", .string("\u{E0041}\n"))]))
    #expect(test.output == "\(shown)\n\(shown)  x\n1\n\n2\\x1B\n{\"\\u202e\":\"\\udb40\\udc41\\n\"}\n")
  }

  @Test func lettersOfAllLanguagesAreShown() {
    for text in ["grüße", "日本", "👩‍👧", "नमस्ते", "می‌خواهم", "a b\u{A0}c"] { #expect(text.shown == text) }
    #expect("\u{7F}\u{AD}\u{FEFF}".shown == #"\x7F\u{00AD}\u{FEFF}"#)
    // Text that was shown once stays.
    #expect("\u{202E}".shown.shown == "\u{202E}".shown)
  }

  @Test func widths() {
    #expect(displayWidth("abc") == 3 && displayWidth("日本") == 4 && displayWidth("e\u{301}") == 1)
    #expect(displayWidth("🎨") == 2 && displayWidth("") == 0)
    #expect(clipped("日本語", columns: 5) == "日本" && clipped("abc", columns: 0) == "" && clipped("a", columns: -1) == "")
  }
}

@Suite struct FormatTests {
  @Test(
    arguments: [
      (0, "0.0s"), (4.24, "4.2s"), (9.94, "9.9s"), (9.96, "10s"), (12, "12s"), (59.4, "59s"), (59.6, "1m00s"),
      (200, "3m20s"),
      (3599.7, "1h00m"), (3725, "1h02m"), (86400, "1d00h"), (183_600, "2d03h"), (-1, "?"), (.nan, "?"),
      (.infinity, "?"), (1e300, "?"),
    ] as [(Double, String)])
  func durations(seconds: Double, text: String) { #expect(Format.duration(seconds) == text) }

  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10 << 10, "10 KiB"),
      (1023 << 10, "1023 KiB"),
      ((1 << 20) - 1, "1.0 MiB"), (231 << 20, "231 MiB"), (3 << 40, "3.0 TiB"), (UInt64.max, "16 EiB"),
    ] as [(UInt64, String)])
  func bytes(count: UInt64, text: String) { #expect(Format.bytes(count) == text) }

  @Test func rates() {
    #expect(Format.pace(1 / 108.0, of: "picture") == "1m48s per picture")
    #expect(Format.pace(12.345, of: "picture") == "12.3 pictures/s")
    #expect(Format.rate(0.12512) == "0.125 images/s")
    #expect(Format.rate(12.345) == "12.3 images/s")
    #expect(Format.rate(1234.5, of: "steps") == "1234 steps/s")
    #expect(Format.rate(.infinity) == "? images/s")
    #expect([0.9996, 9.996, 99.96].map(Format.threeDigits) == ["1.00", "10.0", "100"])
    #expect([-0.5, .nan, -.infinity].map(Format.threeDigits) == ["-0.500", "nan", "-inf"])
  }

  @Test func tablesAlign() {
    var table = TextTable([("name", .leading), ("value", .trailing)])
    table.add(["日本", "1"])
    table.add(["abcdef", "12345", "more"])
    table.add(["x"])
    #expect(table.lines == ["name    value", "日本        1", "abcdef  12345  more", "x"])
    #expect(TextTable([.leading]).lines == [])
  }

  @Test func paceLooksAtTheLatestWindow() {
    var pace = Pace(window: 10)
    #expect(pace.perSecond == nil && pace.remaining(of: 5) == nil)
    pace.record(0, at: 100)
    #expect(pace.perSecond == nil)
    pace.record(1, at: 150)
    #expect(pace.perSecond == 0.02)
    for second in 1...20 { pace.record(1 + 2 * second, at: 150 + Double(second)) }
    #expect(pace.perSecond == 2)
    #expect(pace.remaining(of: 61) == 10)
    #expect(pace.remaining(of: 3) == 0)
    pace.record(41, at: 200)
    pace.record(41, at: 300)
    #expect(pace.perSecond == 0 && pace.remaining(of: 61) == nil)
  }
}
