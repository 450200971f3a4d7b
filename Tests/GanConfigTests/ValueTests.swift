import GanBase
import Testing

@testable import GanConfig

@Suite struct ValueTests {
  @Test(arguments: [
    ("1e-4", 1e-4), ("1E-4", 1e-4), (".5", 0.5), ("1", 1), ("0.25", 0.25), ("1.", 1), ("+1e-0", 1),
    ("5e-324", .leastNonzeroMagnitude),
    ("0.000_1", 1e-4), ("2.5E-1", 0.25),
  ])
  func numbersInEveryForm(text: String, value: Double) throws {
    #expect(try decoded("train: {rate: \(text)}").rate.bitPattern == value.bitPattern)
    #expect(try decoded("", overrides: ["train.rate=\(text)"]).rate.bitPattern == value.bitPattern)
  }

  @Test(arguments: [
    "abc", "0x1p3", "inf", ".inf", "nan", ".nan", "1e", "e5", ".", "1_", "_1", "1__0", "--1", "1,5", "-", "1e5.5",
  ])
  func textIsNoNumber(text: String) {
    #expect(parseNumber(text) == nil)
    #expect(parseWholeNumber(text) == .notWhole)
  }

  @Test func wholeNumbers() {
    #expect(parseWholeNumber("1_000") == .value(1000))
    #expect(parseWholeNumber("-7") == .value(-7))
    #expect(parseWholeNumber("1e5") == .value(100_000))
    #expect(parseWholeNumber("4.0") == .value(4))
    #expect(parseWholeNumber("2.5") == .notWhole)
    #expect(parseWholeNumber("9223372036854775807") == .value(Int.max))
    #expect(parseWholeNumber("9223372036854775808") == .tooLarge)
    #expect(parseWholeNumber("1e300") == .tooLarge)
    #expect(parseWholeNumber("1e999") == .tooLarge)
  }

  @Test(arguments: [("true", true), ("False", false), ("yes", true), ("NO", false), ("on", true), ("Off", false)])
  func flags(text: String, value: Bool) throws { #expect(try decoded("train: {flip: \(text)}").flip == value) }

  @Test func listsInBothForms() throws {
    #expect(try decoded("train:\n  sizes:\n    - 3\n    - 4").sizes == [3, 4])
    let settings = try decoded("train: {sizes: [3, 4], domains: [a, \"b c\", 5], losses: [none, wgan-gp]}")
    #expect(settings.sizes == [3, 4])
    #expect(settings.domains == ["a", "b c", "5"])
    #expect(settings.losses == [.nothing, .wassersteinPenalty])
  }

  @Test func nothingIsAllowedWhereOptional() throws {
    for nothing in ["", "~", "null"] {
      let settings = try decoded("train:\n  workers: \(nothing)\n  limit: \(nothing)\n  note: \(nothing)")
      #expect(settings.workers == nil && settings.limit == nil && settings.note == nil)
    }
    #expect(try decoded("train: {workers: 3, limit: 2, note: x}").limit == 2)
  }

  @Test func unquotedWordsAreText() throws {
    for word in ["yes", "5", "1e-4", "2024-01-01"] {
      #expect(try decoded("train: {folder: \(word)}").folder == word)
    }
    #expect(try decoded("train: {folder: \"null\"}").folder == "null")
  }

  @Test(arguments: [
    ("epochs: 2.5", "train.epochs: expected a whole number, found 2.5"),
    ("epochs: abc", "train.epochs: expected a whole number, found \"abc\""),
    ("epochs: \"5\"", "train.epochs: expected a whole number, found the text \"5\""),
    ("epochs:", "train.epochs: expected a whole number, found nothing"),
    ("epochs: [5]", "train.epochs: expected a whole number, found a list"),
    ("epochs: {a: 5}", "train.epochs: expected a whole number, found a group of options"),
    ("epochs: true", "train.epochs: expected a whole number, found \"true\""),
    ("epochs: 0", "train.epochs: 0 is out of range"),
    ("epochs: 99999999999999999999", "train.epochs: 99999999999999999999 is out of range"),
    ("rate: 0", "train.rate: 0 is out of range"),
    ("rate: 1e-400", "train.rate: 1e-400 is out of range"),
    ("limit: 1e400", "train.limit: 1e400 is out of range"),
    ("rate: .inf", "train.rate: expected a number, found \".inf\""),
    ("flip: y", "train.flip: expected true or false, found \"y\""),
    ("flip: 1", "train.flip: expected true or false, found 1"),
    ("folder:", "train.folder: expected text, found nothing"),
    ("folder: [a]", "train.folder: expected text, found a list"),
    ("loss: lsgn", "train.loss: expected one of lsgan, vanilla, wgan-gp, none, found \"lsgn\""),
    ("sizes: 256", "train.sizes: expected a list of whole numbers, found 256"),
    ("sizes: [1, 2, 3]", "train.sizes: expected 2 whole numbers, found 3"),
    ("sizes: [1, x]", "train.sizes: value 2: expected a whole number, found \"x\""),
    ("sizes: [1, 0]", "train.sizes: value 2: 0 is out of range"),
  ])
  func refusals(line: String, message: String) {
    let found = faults("train:\n  \(line)\n")
    #expect(found.count == 1)
    #expect(found.first?.message == message)
    #expect(found.first?.location?.hasPrefix("a.yaml:2:") == true)
  }

  @Test func helpTellsTheContract() {
    #expect(
      faults("train: {epochs: 0}").first?.help
        == "train.epochs takes a whole number, 1 to 1000 (default 200): passes over the pictures")
    #expect(
      faults("train: {rate: 0}").first?.help
        == "train.rate takes a number, more than 0 and at most 1 (default 0.0002): learning rate")
    #expect(
      faults("train: {flip: 1}").first?.help
        == "train.flip takes true or false (default true): mirror at random")
    #expect(faults("train: {loss: lsgn}").first?.help == "did you mean lsgan?")
    #expect(faults("train: {sizes: 256}").first?.help == "put it in brackets: [256]")
    #expect(faults("train: {flip: \"yes\"}").first?.help == "remove the quotes: yes")
  }

  @Test func rangesInWords() {
    #expect(NumberRange(0...1).description == "0 to 1")
    #expect(NumberRange(0..<1).description == "at least 0 and less than 1")
    #expect(NumberRange.above(0).description == "more than 0")
    #expect(NumberRange.any.description == "any")
    #expect(!NumberRange.any.contains(.infinity) && !NumberRange.any.contains(.nan))
    #expect(!NumberRange.above(0).contains(0) && NumberRange.above(0, through: 1).contains(1))
    #expect(describe(1...Int.max) == "at least 1" && describe(Int.min...Int.max) == "any")
  }
}
