import GanBase
import GanConfig
import Testing

@Suite struct WriterTests {
  private func roundTrip(_ settings: SampleSettings, comments: Bool = true) throws -> SampleSettings {
    var writer = ConfigWriter(title: "test", comments: comments)
    writer.section("train")
    writer.settings(settings)
    return try decoded(writer.text)
  }

  @Test func defaultsComeBack() throws {
    #expect(try roundTrip(SampleSettings()) == SampleSettings())
    #expect(try roundTrip(SampleSettings(), comments: false) == SampleSettings())
  }

  @Test(arguments: [
    Double.leastNonzeroMagnitude, 2.2250738585072014e-308, 1.0 / 3, 0.1 + 0.2, 1e-5, 0.999_999_999_999_999_9,
  ])
  func numbersComeBackBitForBit(value: Double) throws {
    var settings = SampleSettings()
    settings.rate = value
    settings.weights = [
      -value, 1 / value > 1e308 ? 0 : 1 / value, -0.0, .greatestFiniteMagnitude, 1e22, 123_456_789.125,
    ]
    let back = try roundTrip(settings)
    #expect(back.rate.bitPattern == value.bitPattern)
    #expect(back.weights.map(\.bitPattern) == settings.weights.map(\.bitPattern))
  }

  @Test func wholeNumbersComeBack() throws {
    var settings = SampleSettings()
    settings.seed = Int.max
    settings.workers = 64
    #expect(try roundTrip(settings) == settings)
  }

  @Test(arguments: [
    "", " ", "null", "~", "yes", "5", "1e-4", ".5", "-", "- a", "a: b", "a #b", "#", "'", "\"", "\\", "a\\nb",
    "line\nbreak",
    "tab\t", "\r\n", "\u{0}", "\u{1B}[31m", "\u{85}", "\u{2028}", "x\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "Zürich/日本/🎨",
    "e\u{301}",
    "[a", "{", "*a", "&a", "!a", "|", ">", "%", "@", "`", "=", "<<", "?", ",", "a,b", "a]", "0x10", "1:30",
    "2024-01-01", ".inf", "y",
    "../up", "./here", "/abs/path.png", "~/home", "trailing ", " leading", "a: ", ":a", "C:\\pictures", "+5", "--",
    "---", "...",
  ])
  func textsComeBack(text: String) throws {
    var settings = SampleSettings()
    settings.folder = text
    settings.note = text
    settings.domains = [text, text]
    let back = try roundTrip(settings)
    #expect(Array(back.folder.unicodeScalars) == Array(text.unicodeScalars))
    #expect(back.note.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    #expect(back.domains == settings.domains)
  }

  @Test func randomTextsComeBack() throws {
    var stream = RandomStream(seed: 5)
    for _ in 0..<300 {
      let scalars = (0..<12).compactMap { _ in
        Unicode.Scalar(stream.nextWord() % (stream.nextWord() % 2 == 0 ? 0x80 : 0x11_0000))
      }
      var settings = SampleSettings()
      settings.folder = String(String.UnicodeScalarView(scalars))
      #expect(Array(try roundTrip(settings).folder.unicodeScalars) == scalars)
    }
  }

  @Test func pagesLookLikeThis() {
    var writer = ConfigWriter(title: "resolved")
    writer.value("name", "my run")
    writer.section("model", help: "the model")
    writer.value("name", "pix2pix", help: "which")
    writer.settings(ComposedSettings.Part())
    #expect(
      writer.text == """
        # resolved
        name: "my run"

        # the model
        model:
          # which
          name: pix2pix
          # filters of the first layer (1 to 1024)
          width: 64

        """)
  }

  @Test func documentationListsEveryOption() {
    #expect(
      documentation(of: ComposedSettings.self) == """
          width  filters of the first layer
                 (1 to 1024; default 64)
          crop   side of the crop
                 (1 to 4096; default 256)
          load   side before the crop
                 (1 to 4096; default 286)

        """)
    let all = documentation(of: SampleSettings.self)
    #expect(all.contains("form of the adversarial loss\n"))
    #expect(all.contains("(lsgan, vanilla, wgan-gp, none; default lsgan)\n"))
    #expect(all.contains("folder of pictures\n") && all.contains("(text; default data/facades)\n"))
  }
}
