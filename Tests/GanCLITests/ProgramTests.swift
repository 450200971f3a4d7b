import Foundation
import Testing

@testable import GanCLI

/// The built program, as a user runs it.
@Suite struct ProgramTests {
  @Test(arguments: [[], ["--help"], ["-h"], ["help"]])
  func overview(arguments: [String]) throws {
    let result = try runGanctl(arguments)
    #expect(result.status == 0)
    #expect(result.messages.isEmpty)
    #expect(result.output == CommandTable.standard.overview)
    #expect(result.output.contains("  version"))
  }

  @Test(arguments: CommandTable.standard.commands.map { $0.specification.name })
  func everyCommandHasHelp(name: String) throws {
    let direct = try runGanctl([name, "--help"])
    let indirect = try runGanctl(["help", name])
    #expect(direct.status == 0 && indirect.status == 0)
    // A model is called init, too: its page follows.
    #expect(name == "init" ? indirect.output.hasPrefix(direct.output) : direct.output == indirect.output)
    #expect(direct.output.contains("usage:\n  ganctl \(name)"))
    #expect(direct.messages.isEmpty)
    // Help is given even where the rest of the line is wrong.
    #expect(try runGanctl([name, "--nonsense", "a", "b", "-h"]).output == direct.output)
    #expect(direct.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func version() throws {
    let short = try runGanctl(["--version"])
    #expect(short.status == 0 && short.output == "ganctl \(Program.version)\n" && short.messages.isEmpty)
    let long = try runGanctl(["version"])
    #expect(long.status == 0 && long.output.hasPrefix(short.output))
    #expect(long.output.contains("system     Linux "))
  }

  @Test(arguments: [
    (["versoin"], "ganctl: error: unknown command \"versoin\"; did you mean version?\n"),
    (["zzzzzz"], "ganctl: error: unknown command \"zzzzzz\"\n"),
    ([""], "ganctl: error: unknown command \"\"\n"),
    (["help", "versoin"], "ganctl: error: unknown command or topic \"versoin\"; did you mean version?\n"),
    (["help", "a", "b"], "ganctl: error: unexpected argument \"b\"\n"),
    (["--hlep"], "ganctl: error: unknown option --hlep; did you mean --help?\n"),
    (["-x"], "ganctl: error: unknown option -x\n"),
    (["version", "--hlep"], "ganctl: error: unknown option --hlep; did you mean --help?\n"),
    (["version", "now"], "ganctl: error: unexpected argument \"now\"\n"),
    (["version", "--", "--help"], "ganctl: error: unexpected argument \"--help\"\n"),
  ])
  func wrongCommandLines(arguments: [String], message: String) throws {
    let result = try runGanctl(arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.messages.hasPrefix(message))
    #expect(result.messages.contains("\n  help: "))
  }

  @Test func messagesAreHarmlessToTheTerminal() throws {
    let result = try runGanctl(["a\u{1B}[31mb"])
    #expect(result.status == 2 && !result.messages.contains("\u{1B}"))
  }

  @Test func coloursOnTerminalsOnly() throws {
    #expect(try runGanctl(["zzzzzz"]).messages.contains("\u{1B}") == false)
    let coloured = try runGanctl(["zzzzzz"], messages: .terminal())
    #expect(coloured.messages.hasPrefix("ganctl: \u{1B}[1;31merror:\u{1B}[0m unknown command"))
    let plain = try runGanctl(["zzzzzz"], messages: .terminal(), environment: ["NO_COLOR": "1"])
    #expect(plain.status == 2 && plain.messages.contains("error: ") && !plain.messages.contains("\u{1B}"))
    #expect(
      !(try runGanctl(["zzzzzz"], messages: .terminal(), environment: ["TERM": "dumb"])).messages.contains("\u{1B}"))
  }

  @Test func aFullDiskIsAnError() throws {
    let result = try runGanctl(["version"], output: .file("/dev/full"))
    #expect(result.status == 5)
    #expect(result.messages == "ganctl: error: cannot write to standard output: No space left on device\n")
  }
}
