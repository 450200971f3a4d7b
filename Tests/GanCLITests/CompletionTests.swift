import Foundation
import GanTestSupport
import Testing

@testable import GanCLI

/// Completions and the manual know every command and option, since both are written from the command table.
@Suite struct CompletionTests {
  private let completions = Completions(table: .standard)

  @Test(arguments: Completions.Shell.allCases) func everythingOccurs(_ shell: Completions.Shell) {
    let text = completions.script(shell)
    for command in completions.specifications {
      #expect(text.contains(command.name))
      for option in command.allOptions {
        let spelling = shell == .fish ? "-l \(option.name.dropFirst(2)) " : option.name
        #expect(text.contains(spelling), "\(shell) \(command.name) \(option.name)")
      }
    }
  }

  @Test func theManualHasAll() {
    let text = ManualPage(table: .standard).text
    for command in completions.specifications {
      #expect(text.contains(".SS \(command.name.replacing("-", with: "\\-"))\n"))
      for option in command.allOptions {
        #expect(text.contains(option.name.replacing("-", with: "\\-")), "\(command.name) \(option.name)")
      }
    }
    for topic in CommandTable.standard.topics { #expect(text.contains(".B \(topic.name)\n")) }
    #expect(text.contains("ganctl \(Program.version)") && !text.contains("\n'"))
  }

  /// As bash asks for them: the words of the line, and which of them is completed.
  private func completed(_ words: [String]) throws -> [String] {
    let line = words.map { "'\($0)'" }.joined(separator: " ")
    let script = """
      \(completions.script(.bash))
      COMP_WORDS=(ganctl \(line)) COMP_CWORD=\(words.count)
      _ganctl; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try runProgram("/bin/bash", ["-euc", script])
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    return result.output.split(separator: "\n").map(String.init)
  }

  @Test func bashCompletes() throws {
    #expect(try completed(["tra"]) == ["train", "translate"])
    #expect(try completed(["train", "--conf"]) == ["--config"])
    #expect(try completed(["train", "-c", "/etc/host"]).contains("/etc/hosts"))
    #expect(try completed(["train", "--threads", ""]) == [])
    #expect(try completed(["train", "--init-weights", ""]) == ["ema", "raw"])
    #expect(try completed(["init", "cyc"]) == ["cyclegan"])
    #expect(try completed(["help", "con"]) == ["config"])
    #expect(try completed(["completions", ""]) == ["bash", "zsh", "fish"])
  }

  @Test func theyArePrinted() throws {
    for shell in Completions.Shell.allCases {
      let printed = try runGanctl(["completions", shell.rawValue])
      #expect(printed.status == 0 && printed.output == completions.script(shell))
    }
    #expect(try runGanctl(["completions", "tcsh"]).status == 2)
    #expect(try runGanctl(["manual"]).output == ManualPage(table: .standard).text)
  }
}
