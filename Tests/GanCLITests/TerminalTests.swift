import Foundation
import Testing

@testable import GanCLI

/// A run on terminals of several widths: the progress line never wraps.
@Suite struct TerminalTests {
  private func train(_ columns: UInt16, _ environment: [String: String], _ options: String...) throws -> String {
    var text = ""
    try withRuns { runs in
      let result = try runGanctl(
        runs.arguments("r", ["train.steps=40"]) + ["--threads", "1"] + options,
        messages: .terminal(columns: columns), environment: environment)
      #expect(result.status == 0, "\(result.messages)")
      text = result.messages
    }
    return text
  }

  /// What was drawn as the progress line.
  private func lines(_ text: String) -> [String] {
    text.components(separatedBy: "\r\u{1B}[?7l").dropFirst().map { part in
      part.components(separatedBy: "\u{1B}[K\u{1B}[?7h")[0]
    }
  }

  @Test(arguments: [40, 80, 200] as [UInt16]) func progressFits(columns: UInt16) throws {
    let text = try train(columns, ["LANG": "C.UTF-8", "LC_ALL": ""])
    let lines = lines(text)
    #expect(lines.count > 1 && lines.contains { $0.contains("step ") && $0.contains("/40") }, "\(text)")
    for line in lines {
      #expect(!line.contains("\u{1B}") && !line.contains("\n"))
      #expect(displayWidth(line) < Int(columns), "\(line)")
    }
    #expect(lines.contains { $0.contains("░") } == (columns == 200))
    #expect(!text.contains("\u{7}"))
  }

  @Test func plainCharactersInALocaleWithoutOthers() throws {
    let text = try train(200, ["LC_ALL": "C", "LANG": "de_DE.UTF-8", "NO_COLOR": "1"])
    #expect(lines(text).contains { $0.contains("[....") || $0.contains("[####") })
    #expect(text.utf8.allSatisfy { $0 < 128 } && !text.contains("\u{1B}[1;"))
  }

  @Test func dumbTerminalsAndQuietRuns() throws {
    let dumb = try train(80, ["TERM": "dumb"])
    #expect(!dumb.contains("\u{1B}") && dumb.contains("images/s"), "\(dumb)")
    let quiet = try train(80, [:], "--quiet")
    #expect(quiet.isEmpty, "\(quiet)")
  }

  @Test func verboseRunsTellOfStagesAndFiles() throws {
    let text = try train(200, [:], "-v")
    for part in ["making the networks: ", "step 40: saved ", "step 40: drew ", "train: ", "peak memory"] {
      #expect(text.contains(part), "\(part): \(text)")
    }
    let both = try runGanctl(["runs", "-q", "--verbose"])
    #expect(both.status == 2 && both.messages.contains("--quiet and --verbose cannot be used together"))
  }
}
