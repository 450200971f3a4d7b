import GanBase
import GanConfig
import Testing

@testable import GanTrain

/// Small changes to a good configuration: the answer is always a configuration, or an error of usage.
@Suite struct ConfigurationFuzzTests {
  private static let good = """
    name: null
    seed: 1
    model:
      name: cyclegan
      generator: resnet_3blocks
      ngf: 8
      dropout: false
      lambda_a: 10
    data: &data
      root: some/where
      preprocess: resize_and_crop
      load_size: 72
      crop_size: 64
      selected_attributes: [Black_Hair, Male]
      centre_crop: null
    train:
      epochs: 1
      minutes: 2.5
      lr_policy: linear
      sample_every: 5
    eval: {every: 1, metrics: [fid, kid]}
    """

  private static let odd = [
    "", "~", "null", "[]", "{}", "[[]]", "{a: {b: c}}", "- x", "*data", "<<: *data", "&a [*a]", "\"", "'", "'a", "\t",
    "!!python/object:os.system x", "!!binary aGk=", "!<tag:x> y", "!!int x", ".nan", ".inf", "-.inf", "1e999", "-1",
    "0", "99999999999999999999999", "0x10", "1_000", "1__0", "yes", "2001-01-01", "12:30:45", "---", "...", "--- x",
    "%YAML 9.9", "? a", "? [a, b] : c", "a: b: c", "|", ">-", "@x", "`x`", "#", "\u{0}", "\u{1B}[31m", "\u{FEFF}",
    "\u{2028}", "\u{85}", "🙂", "é", "e\u{301}", "x: y", "{name: stargan}", "stargan", "pix2pix", "auto", "data",
    "model", "train",
  ]

  @Test func smallChangesEndInAnAnswer() {
    var random = RandomStream(seed: 7)
    var accepted = 0, refused = 0
    for _ in 0..<2500 {
      var lines = Self.good.split(separator: "\n").map(String.init)
      for _ in 0...random.below(2) { change(&lines, &random) }
      let overrides = random.below(4) > 0 ? [] : [override(&random)]
      switch answer(lines.joined(separator: random.below(20) == 0 ? "\r\n" : "\n"), overrides) {
      case .success: accepted += 1
      case .failure(let error as GanError) where error.code == .usage && !error.diagnostics.isEmpty: refused += 1
      case .failure(let error): Issue.record("\(error)\nfrom\n\(lines.joined(separator: "\n"))\n\(overrides)")
      }
    }
    // Both kinds of answers must be frequent, or the changes are too large or too small.
    #expect(accepted > 200 && refused > 800, "\(accepted) accepted, \(refused) refused")
  }

  /// As lines of the whole document: scalars, lists, several documents.
  @Test func whateverTheDocumentIs() {
    for text in Self.odd + [
      "a", "- a\n- b", "[model]", "5", "model", "model:", "model: {}", "model: {}\n---\nmodel: {}",
    ] {
      if case .failure(let error) = answer(text, []) {
        #expect((error as? GanError)?.code == .usage, "\(text): \(error)")
      } else {
        Issue.record("\(text) was accepted")
      }
    }
  }

  private func answer(_ text: String, _ overrides: [String]) -> Result<String, any Error> {
    Result {
      var document = try ConfigDocument(text: text, name: "f.yaml")
      for override in overrides { document.override(override) }
      return try TrainingConfiguration(&document).text
    }
  }

  private func change(_ lines: inout [String], _ random: inout RandomStream) {
    let at = random.below(lines.count)
    let odd = Self.odd[random.below(Self.odd.count)]
    switch random.below(10) {
    case 0: lines.remove(at: at)
    case 1: lines.insert(lines[random.below(lines.count)], at: at)
    case 2: lines.insert(odd, at: at)
    case 3: lines[at] = String(repeating: " ", count: random.below(4)) + lines[at].drop { $0 == " " }
    case 4: lines[at] = lines[at].replacing(": ", with: ":")
    case 5: lines[at] = lines[at].prefix { $0 != ":" } + ": " + odd
    case 6: lines[at] += odd
    case 7:
      var characters = Array(lines[at])
      let place = random.below(max(1, characters.count))
      if random.below(2) == 0, !characters.isEmpty {
        characters.remove(at: place)
      } else {
        let marks = Array("a:0 -[]{}&*!|>'\"%@#,?~\t")
        characters.insert(marks[random.below(marks.count)], at: min(place, characters.count))
      }
      lines[at] = String(characters)
    case 8: lines = Array(lines.prefix(at + 1))
    default: lines.swapAt(at, random.below(lines.count))
    }
    if lines.isEmpty { lines = [""] }
  }

  private func override(_ random: inout RandomStream) -> String {
    let keys = [
      "model", "model.name", "model.ngf", "data", "data.root", "train.epochs", "eval.metrics", "x.y", "seed", "",
    ]
    return keys[random.below(keys.count)] + "=" + Self.odd[random.below(Self.odd.count)]
  }
}
