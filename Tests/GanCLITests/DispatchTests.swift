import Foundation
import GanBase
import Testing

@testable import GanCLI

private enum EchoCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "echo", summary: "Say it again", operands: [OperandSpecification("WORD", .oneOrMore, help: "what to say")])
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let words = arguments.operands("WORD")
    switch words[0] {
    case "wrong":
      throw GanError(
        .checkpoint,
        [
          Diagnostic("bad", at: "a:1", help: "mend it"), Diagnostic("worse", at: "a:2"),
        ])
    case "foreign": throw CocoaError(.fileNoSuchFile)
    case "stopped": return 130
    default: context.console.result(words.joined(separator: " "))
    }
    return ExitCode.ok.rawValue
  }
}

@Suite struct DispatchTests {
  private let table = CommandTable(
    [HelpCommand.self, EchoCommand.self],
    topics: [CommandTable.Topic("pix2pix", summary: "Options of pix2pix") { "all of them\n" }])

  private func run(_ arguments: [String], on test: TestConsole = TestConsole()) -> (Int32, TestConsole) {
    (Program.run(arguments.map { Argument($0) }, in: CommandContext(console: test.console, table: table)), test)
  }

  @Test func commandsRun() {
    let (status, test) = run(["echo", "a", "b"])
    #expect(status == 0 && test.output == "a b\n" && test.messages.isEmpty)
    #expect(run(["echo", "stopped"]).0 == 130)
  }

  @Test func errorsDecideTheStatus() {
    let (status, test) = run(["echo", "wrong"])
    #expect(status == 4)
    #expect(
      test.messages == """
        ganctl: error: a:1: bad
          help: mend it
        ganctl: error: a:2: worse
        ganctl: 2 errors

        """)
    let (missing, silent) = run(["echo"])
    #expect(missing == 2 && silent.messages.hasPrefix("ganctl: error: WORD is missing (what to say)\n"))
  }

  @Test func foreignErrorsAreDefects() {
    let (status, test) = run(["echo", "foreign"])
    #expect(status == 70)
    #expect(test.messages.hasPrefix("ganctl: error: internal error: "))
    #expect(test.messages.contains("please report it"))
  }

  @Test func topicsHaveHelp() {
    #expect(run(["help", "pix2pix"]).1.output == "all of them\n")
    #expect(run(["help"]).1.output.contains("  pix2pix  Options of pix2pix\n"))
    let (status, test) = run(["help", "pix2pxi"])
    #expect(status == 2)
    #expect(test.messages.hasPrefix("ganctl: error: unknown command or topic \"pix2pxi\"; did you mean pix2pix?\n"))
  }

  @Test func aClosedPipeIsNoError() {
    let test = TestConsole()
    test.outputError = EPIPE
    #expect(run(["echo", "a"], on: test).0 == 0)
    let full = TestConsole()
    full.outputError = ENOSPC
    #expect(run(["echo", "a"], on: full).0 == 5)
    #expect(full.messages.contains("cannot write to standard output"))
  }
}
