import GanBase
import GanConfig
import Testing

@Suite struct DocumentTests {
  @Test func everyFaultIsReportedInOrder() {
    let text = """
      train:
        rate: 7
        epohcs: 5
        flip: perhaps
      trian:
        epochs: 3
      train:
        epochs: 4
      """
    let found = faults(text, overrides: ["train.momentum=2", "seed"])
    #expect(
      found.map(\.location) == [
        "a.yaml:2:9", "a.yaml:3:3", "a.yaml:4:9", "a.yaml:5:1", "a.yaml:7:1", "--set seed", "--set train.momentum=2",
      ])
    #expect(found.first { $0.location == "a.yaml:3:3" }?.help == "did you mean epochs?")
    #expect(found.first { $0.location == "a.yaml:5:1" }?.help == "did you mean train?")
    #expect(found.first { $0.location == "a.yaml:7:1" }?.message == "the key \"train\" is given twice")
  }

  @Test func duplicateKeysAreAllFound() {
    let text = """
      train:
        epochs: 1
        "epochs": 2
        rate: 0.1
        epochs: 3
        rate: oops
      train: {flip: true}
      """
    let found = faults(text)
    #expect(found.map(\.location) == ["a.yaml:3:3", "a.yaml:5:3", "a.yaml:6:3", "a.yaml:7:1"])
    #expect(found.first?.message == "the key \"epochs\" is given twice")
    #expect(found.first?.help == "it is already given in line 2; keep one of the two")
  }

  @Test func manyDuplicatesEndInAnError() {
    #expect(!faults("train:\n" + String(repeating: "  epochs: 1\n", count: 300)).isEmpty)
    #expect(!faults("train:\n" + (0..<150).map { "  k\($0): 1\n  k\($0): 1\n" }.joined()).isEmpty)
    // Composed once or twice, not a hundred times; one line tells it all.
    let begin = ContinuousClock.now
    let found = faults(String(repeating: "a: 1\n", count: 50_000))
    #expect(found.count == 1 && ContinuousClock.now - begin < .seconds(20))
  }

  @Test func unknownOptionsNameTheirHome() {
    let found = faults("epochs: 3\nname: x\ntrain:\n  name: y\n  zzzzzz: 1\ntrain.epochs: 3\nother: 1\n") {
      _ = $0.text("name")
    }
    #expect(found[0].help == "epochs belongs in the section train")
    #expect(found[1].help == "name belongs outside of sections, at the left margin")
    #expect(found[2].help?.hasPrefix("section train has domains, epochs") == true)
    #expect(found[3].help == "write epochs below train:, indented")
    #expect(found[4].help == "sections: train; options outside of sections: name")
  }

  @Test func sectionsMayBeSharedOrIgnored() throws {
    let text = "model: {name: a, crop: 1, epochs: 2}\neval: {x: 1}\nseed: 1"
    var document = try ConfigDocument(text: text, name: "a.yaml")
    #expect(document.text("model.name") == "a")
    #expect(document.text("model.other") == nil)
    #expect(document.decode(ComposedSettings.self, section: "model").crop == 1)
    #expect(document.decode(SampleSettings.self, section: "model").epochs == 2)
    #expect(document.decode(SampleSettings.self).seed == 1)
    #expect(document.contains("eval.x") && document.contains("eval") && !document.contains("eval.y"))
    document.ignore(section: "eval")
    try document.finish()
  }

  @Test func namesAreCheckedAgainstAList() {
    func help(_ text: String) -> [Diagnostic] {
      faults(text) {
        _ = $0.name("model.name", among: ["pix2pix", "cyclegan"])
      }
    }
    #expect(help("model: {name: cyclegan}").isEmpty)
    #expect(help("model: {name: pix2pxi}").first?.help == "did you mean pix2pix? There are pix2pix, cyclegan")
    #expect(help("model: {}").first?.message == "model.name is missing")
    #expect(help("").first == Diagnostic("model.name is missing", at: "a.yaml", help: "give one of pix2pix, cyclegan"))
    let scalar = help("model: pix2pix")
    #expect(scalar.map(\.message) == ["model: expected a mapping of options, found \"pix2pix\""])
    #expect(scalar.first?.help?.contains("model:\n      name: pix2pix") == true)
  }

  @Test func crossChecksPointAtTheirOption() throws {
    var document = try ConfigDocument(text: "data:\n  width: 32\n  crop: 300\n", name: "a.yaml")
    #expect(document.decode(ComposedSettings.self, section: "data").part.width == 32)
    let error = #expect(throws: GanError.self) { try document.finish() }
    #expect(error?.description == "a.yaml:3:9: the crop of 300 does not fit in 286\n  help: lower crop")
  }

  @Test func callersReportAtAPlace() throws {
    var document = try ConfigDocument(text: "data:\n  crop: 3\n", name: "a.yaml")
    _ = document.decode(ComposedSettings.self, section: "data")
    document.report("first", at: "data.crop")
    document.report("second", at: "data.load")
    document.report("third", at: "train.epochs")
    let error = #expect(throws: GanError.self) { try document.finish() }
    #expect(error?.diagnostics.map(\.location) == ["a.yaml:1:1", "a.yaml:2:9", "a.yaml"])
  }

  @Test func decodingOverABaseKeepsIt() throws {
    var base = SampleSettings()
    base.epochs = 7
    var document = try ConfigDocument(text: "train: {rate: 1, seed: bad}", name: "a.yaml")
    let settings = document.decode(SampleSettings.self, section: "train", over: base)
    #expect(settings.epochs == 7 && settings.rate == 1 && settings.seed == 0)
  }

  @Test func emptyDocumentsGiveDefaults() throws {
    for text in ["", "\n\n", "# only a comment\n", "---\n", "train:\n", "train: ~", "{}", "null"] {
      #expect(try decoded(text) == SampleSettings())
    }
  }

  @Test func anchorsAndMergesWork() throws {
    let text = """
      data: &shared {crop: 5, load: &side 9}
      train: {sizes: [*side, *side]}
      eval:
        <<: *shared
        crop: 6
      """
    var document = try ConfigDocument(text: text, name: "a.yaml")
    #expect(document.decode(SampleSettings.self, section: "train").sizes == [9, 9])
    let eval = document.decode(ComposedSettings.self, section: "eval")
    #expect(eval.crop == 6 && eval.load == 9)
    document.ignore(section: "data")
    try document.finish()
  }

  @Test func defectsOfDeclarationsAreFound() {
    struct Careless: Settings {
      var a = 5, b = 0.0
      static let options: [Option<Careless>] = [
        .integer("a", \.a, in: 1...3, "too large"), .integer("a", \.a, in: 1...9, ""),
        .number("Bad-Key", \.b, in: .above(0), "zero"),
      ]
      func problems() -> [SettingsProblem] { [SettingsProblem("a", "never fits")] }
    }
    #expect(declarationDefects(of: SampleSettings.self).isEmpty)
    #expect(declarationDefects(of: ComposedSettings.self).isEmpty)
    #expect(declarationDefects(of: Careless.self).count == 6)
  }
}
