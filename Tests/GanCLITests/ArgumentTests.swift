import GanBase
import Testing

@testable import GanCLI

@Suite struct ArgumentTests {
  private enum Direction: String, CaseIterable {
    case aToB = "a-to-b"
    case bToA = "b-to-a"
  }

  private let specification = CommandSpecification(
    "train", summary: "Train a model",
    operands: [
      OperandSpecification("INPUT", help: "a picture"), OperandSpecification("MORE", .any, help: "further pictures"),
    ],
    options: [
      OptionSpecification("--config", short: "c", value: "FILE", help: "the configuration"),
      OptionSpecification("--set", value: "KEY=VALUE", repeatable: true, help: "changes an option"),
      OptionSpecification("--epochs", value: "N", help: "passes"),
      OptionSpecification("--force", short: "f", help: "overwrites"),
      OptionSpecification("--to", value: "DIRECTION", help: "direction"),
    ],
    details: "More at length.")

  private func parse(_ arguments: String...) throws -> ParsedArguments {
    try ArgumentReader.read(arguments.map { Argument($0) }, specification)
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      guard let error = error as? GanError, error.code == .usage else { return "foreign: \(error)" }
      return error.diagnostics.first?.message
    }
  }

  @Test func valuesInBothForms() throws {
    let parsed = try parse("--config=a=b", "in.png", "--set", "x=1", "--set=y=2", "--epochs", "-5", "-f", "z", "--to=")
    #expect(parsed.string("--config") == "a=b")
    #expect(parsed.list("--set") == ["x=1", "y=2"])
    #expect(try parsed.integer("--epochs", in: -9...9) == -5)
    #expect(parsed.flag("--force"))
    #expect(parsed.string("--to") == "")
    #expect(parsed.operand("INPUT") == "in.png")
    #expect(parsed.operands("MORE") == ["z"])
  }

  @Test func absentOptions() throws {
    let parsed = try parse("x")
    #expect(parsed.string("--config") == nil && parsed.list("--set").isEmpty && !parsed.flag("--force"))
    #expect(try parsed.integer("--epochs", in: 1...2) == nil)
    #expect(try parsed.number("--epochs", in: 1...2) == nil)
    #expect(try parsed.choice("--to", as: Direction.self) == nil)
    #expect(message { _ = try parsed.required("--config") } == "option --config is missing")
    #expect(try parse("x", "-c", "f").required("--config") == "f")
  }

  @Test func dashes() throws {
    #expect(try parse("-", "--", "--config", "-f", "--").operands("MORE") == ["--config", "-f", "--"])
    #expect(try parse("-c", "-", "x").string("--config") == "-")
    #expect(try parse("-c=f", "x").string("--config") == "f")
  }

  @Test func faults() {
    let expectations: [([String], String)] = [
      (["--epohcs=3", "x"], "unknown option --epohcs; did you mean --epochs?"),
      (["--zzzzzzz", "x"], "unknown option --zzzzzzz"),
      (["x", "--config"], "option --config needs a value"),
      (["--config", "--force", "x"], "option --config needs a value"),
      (["--config", "--set=a", "x"], "option --config needs a value"),
      (["--config", "--", "x"], "option --config needs a value"),
      (["--config=a", "-c", "b", "x"], "option --config is given twice"),
      (["-f", "--force", "x"], "option --force is given twice"),
      (["--force=yes", "x"], "option --force takes no value"),
      (["-fc", "x"], "unknown option -fc"),
      ([], "INPUT is missing (a picture)"),
      (["=", "--="], "unknown option --"),
    ]
    for (arguments, expected) in expectations {
      #expect(message { _ = try ArgumentReader.read(arguments.map { Argument($0) }, specification) } == expected)
    }
    let plain = CommandSpecification("version", summary: "x")
    #expect(message { _ = try ArgumentReader.read([Argument("y")], plain) } == "unexpected argument \"y\"")
  }

  @Test func typedFaults() throws {
    let parsed = try parse("x", "--epochs=five", "--to=a-to-v")
    #expect(
      message { _ = try parsed.integer("--epochs", in: 1...9) }
        == "option --epochs: expected a whole number from 1 to 9, found \"five\"")
    #expect(
      message { _ = try parsed.integer("--epochs", in: 1...Int.max) }
        == "option --epochs: expected a whole number of at least 1, found \"five\"")
    #expect(
      message { _ = try parsed.number("--epochs", in: 0...1) }
        == "option --epochs: expected a number from 0.0 to 1.0, found \"five\"")
    #expect(
      message { _ = try parsed.choice("--to", as: Direction.self) }
        == "option --to: expected one of a-to-b, b-to-a, found \"a-to-v\"")
    for text in ["0", "10", "99999999999999999999", "1.5", ""] {
      #expect(message { _ = try parse("x", "--epochs=\(text)").integer("--epochs", in: 1...9) } != nil)
    }
    for text in ["nan", "inf", "2", ""] {
      #expect(message { _ = try parse("x", "--epochs=\(text)").number("--epochs", in: 0...1) } != nil)
    }
    #expect(try parse("x", "--epochs=1e-3").number("--epochs", in: 0...1) == 0.001)
    #expect(try parse("x", "--to=b-to-a").choice("--to", as: Direction.self) == .bToA)
  }

  @Test func helpText() {
    #expect(
      specification.helpText == """
        Train a model.

        usage:
          ganctl train [options] INPUT [MORE...]

        operands:
          INPUT  a picture
          MORE   further pictures

        options:
          -c, --config FILE    the configuration
              --set KEY=VALUE  changes an option (may be given several times)
              --epochs N       passes
          -f, --force          overwrites
              --to DIRECTION   direction
          -q, --quiet          show only results, warnings and errors
          -v, --verbose        also show each stage and each file, with times
          -h, --help           show this help

        More at length.

        """)
  }

  @Test func longHelpIsWrapped() {
    let words = String(repeating: "word ", count: 40)
    let text = definitionList([("--a", words), (String(repeating: "x", count: 40), "short")])
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(text.hasSuffix("\n       short\n"))
    #expect(wrap("", width: 5) == [""])
    #expect(wrap("aaaaaaaa b", width: 3) == ["aaaaaaaa", "b"])
  }
}
