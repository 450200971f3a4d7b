import GanBase
import GanConfig
import Testing

/// Sections that are something else than a mapping, and options by the names of other programs.
@Suite struct ShapeTests {
  private func found(_ text: String, overrides: [String] = []) -> [Diagnostic] {
    faults(text, overrides: overrides) { document in
      document.foreignNames = ForeignNames([
        "niter": .init(["train.epochs"]), "no_flip": .init(["train.flip"], advice: "no_flip: true is flip: false"),
        "gpu_ids": .init([], advice: "leave it out"), "netG": .init(["model.generator"]),
      ])
      if document.name("model.name", among: ["pix2pix", "cyclegan"]) == nil { document.ignore(section: "model") }
    }
  }

  @Test(arguments: [
    ("model: cyclegan", "\"cyclegan\"", "write\n    model:\n      name: cyclegan"),
    ("model:\n  name:cyclegan", "\"name:cyclegan\"", "each colon:\n    model:\n      name: cyclegan"),
    (
      "model:\n  name:cyclegan\n  ngf:8", "\"name:cyclegan ngf:8\"",
      "each colon:\n    model:\n      name: cyclegan\n      ngf: 8"
    ),
    ("model: [cyclegan]", "a list", "for instance\n    model:\n      name: ..."),
    ("model:\n  - name: cyclegan\n  - ngf: 8", "a list", "remove the dashes before the options"),
    ("model: 5", "5", "for instance\n    model:\n      name: ..."),
    ("model: \"\"", "\"\"", "for instance\n    model:\n      name: ..."),
  ])
  func aSectionIsAMapping(text: String, shown: String, help: String) {
    let found = found(text)
    #expect(found.map(\.message) == ["model: expected a mapping of options, found \(shown)"])
    #expect(found.first?.location?.hasPrefix("a.yaml:") == true)
    #expect(found.first?.help?.hasSuffix(help) == true, "\(found)")
  }

  @Test func everySectionIsChecked() {
    let found = found("model: {name: pix2pix}\ntrain: 200")
    #expect(found.map(\.message) == ["train: expected a mapping of options, found 200"])
    #expect(found.first?.help?.hasSuffix("for instance\n    train:\n      epochs: ...") == true)
  }

  @Test func namesOfOtherProgramsAreAnswered() {
    let found = found("niter: 5\nmodel: {name: pix2pix}\ntrain:\n  NIter: 5\n  no-flip: true\n  gpu_ids: 0\n  netG: x")
    #expect(
      found.map(\.help) == [
        "here it is called epochs, and belongs in the section train", "here it is called epochs",
        "here it is called flip; no_flip: true is flip: false", "leave it out",
        // Where the model has no such option, there is nothing to point at.
        "section train has domains, epochs, flip, folder, limit, loss, losses, momentum, note, rate, seed, sizes, "
          + "weights, workers",
      ])
    let override = self.found("model: {name: pix2pix}", overrides: ["train.niter=5", "epohcs=5"])
    #expect(override.map(\.help) == ["here it is --set train.epochs=VALUE", "did you mean --set train.epochs=VALUE?"])
  }

  @Test func overridesLeaveOtherFaultsWhereTheyAre() {
    let text = "modle: {name: pix2pix}\ntrain:\n  rate: 7\n  zzzzzz: 1"
    let plain = found(text).map(\.location)
    #expect(plain == ["a.yaml:1:1", "a.yaml:3:9", "a.yaml:4:3", "a.yaml"])
    for override in ["train.epochs=5", "train.flip=no", "train.momentum=0.5"] {
      #expect(found(text, overrides: [override]).map(\.location) == plain)
    }
    // A section that overrides alone made lacks its option in the file.
    #expect(found("train: {}").map(\.location) == ["a.yaml"])
    #expect(found("train: {}", overrides: ["model.other=1"]).map(\.location) == ["a.yaml"])
    #expect(found("model: {nam: pix2pix}").map(\.help) == ["write name for nam, which stands there"])
  }
}
