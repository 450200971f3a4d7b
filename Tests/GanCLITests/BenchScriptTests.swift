import Foundation
import GanTestSupport
import Testing

/// The scripts that compare ganctl with PyTorch, without PyTorch.
@Suite(.enabled(if: access("/usr/bin/python3", X_OK) == 0 && access("/usr/bin/bash", X_OK) == 0))
struct BenchScriptTests {
  private let folder: TemporaryFolder
  private let scripts = Repository.path + "/scripts/bench"

  init() throws { folder = try TemporaryFolder() }

  private func line(
    _ side: String, _ precision: String, _ round: Int, _ milliseconds: Int, layout: String = ""
  ) -> String {
    let format = layout.isEmpty ? "" : ",\"memory_format\":\"\(layout)\""
    return """
      {"side":"\(side)","row":"unit:256:1","round":\(round),"precision":"\(precision)","result":{"cpu":"X","threads":2,\
      "median_ms":\(milliseconds),"peak_resident_bytes":1000000000,"parameters":7\(format)}}
      """
  }

  private func table(_ lines: [String], _ options: [String] = []) throws -> ProgramResult {
    let path = folder.path + "/results.jsonl"
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return try runProgram("/usr/bin/python3", [scripts + "/table.py", path] + options)
  }

  private var rounds: [String] {
    (1...3).flatMap { round in
      [
        line("ganctl", "highest", round, 1000 * round), line("pytorch", "fp32", round, 9000, layout: "contiguous"),
        line("pytorch", "fp32", round, 3000, layout: "channels_last"),
        line("pytorch", "bf16", round, 100, layout: "contiguous"),
      ]
    }
  }

  @Test func theFasterLayoutOfTheSamePrecisionCounts() throws {
    let result = try table(rounds, ["--markdown"])
    #expect(result.status == 0)
    let row =
      "| unit 256x256, batch 1 | highest | 2.00 s | 3.00 s (fp32, channels last) | 1.50 | 1.00 to 3.00 "
      + "| 1.00 GB | 1.00 GB | 1.00 |"
    #expect(result.output.split(separator: "\n").contains { $0 == row })
  }

  @Test func aTableInWordsHasARowForEachPrecision() throws {
    let result = try table(rounds + [line("ganctl", "medium", 1, 50)])
    let rows = result.output.split(separator: "\n").filter { $0.hasPrefix("unit 256x256") }
    #expect(rows.count == 2)
    let cells = rows.last?.split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(cells?.filter { !$0.isEmpty }[1...4] == ["medium", "50 ms", "100 ms (bf16, contiguous)", "2.00"])
  }

  @Test func runsThatFailedLeaveARowOut() throws {
    let failed = #"{"side":"pytorch","row":"drit:216:2","round":1,"precision":"fp32","failed":true}"#
    let result = try table(rounds + [failed])
    #expect(result.status == 0 && !result.output.contains("drit"))
  }

  @Test func whatIsNoResultIsRefused() throws {
    #expect(try table(["no json"]).messages.contains("results.jsonl:1: not a line of compare.sh"))
    #expect(try table([]).status == 1)
    let missing = try runProgram("/usr/bin/python3", [scripts + "/table.py", "/nowhere"])
    #expect(missing.status == 1 && missing.messages.contains("/nowhere: No such"))
  }

  @Test(arguments: [
    ("compare.sh", ["--nothing"], "unknown option --nothing"),
    ("compare.sh", ["--rounds", "0"], "at least 1, found '0'"),
    ("compare.sh", ["--rows"], "the value is missing"), ("compare.sh", ["--rows", "unit:256"], "MODEL:SIZE:BATCH"),
    ("compare.sh", ["--precision", "bf16"], "expected highest, high or medium"),
    ("compare.sh", ["--models", "munit"], "there are no rows of munit"),
    ("scaling.sh", ["--sizes", "1.5"], "--sizes: expected a whole number"), ("scaling.sh", ["-x"], "unknown option -x"),
  ])
  func wrongOptionsAreRefused(_ script: String, _ options: [String], _ message: String) throws {
    let result = try runProgram("/usr/bin/bash", [scripts + "/" + script] + options)
    #expect(result.status == 2)
    #expect(result.messages.contains(message), "\(result.messages)")
  }

  @Test(arguments: ["compare.sh", "scaling.sh"])
  func helpIsShown(_ script: String) throws {
    let result = try runProgram("/usr/bin/bash", [scripts + "/" + script, "--help"])
    #expect(result.status == 0 && result.output.hasPrefix("usage: scripts/bench/\(script)"))
  }
}
