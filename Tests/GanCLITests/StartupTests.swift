import Foundation
import GanTestSupport
import Testing

/// What the program does before its first line.
@Suite struct StartupTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ script: String, environment: [String: String] = [:]) throws -> ProgramResult {
    try runProgram("/bin/sh", ["-c", script, try builtProgram()], environment: environment)
  }

  @Test func closedStreamsTakeNoFilesContent() throws {
    let stats = folder.file("stats.npz")
    for picture in ["a.png", "b.png"] { _ = try folder.picture(picture, 40, 40) }
    let words = "eval-fid '\(folder.path)' --stats '\(stats)' --features built-in --threads 1"
    for closed in [">&-", "2>&-", "<&- >&- 2>&-"] {
      let result = try shell("exec \"$0\" \(words) \(closed)")
      #expect(result.status == 0, "\(closed): \(result.messages)")
      // A zip archive begins so; a message in front would be what a stream wrote into it.
      #expect(folder.bytes("stats.npz").starts(with: Array("PK".utf8)))
      try FileManager.default.removeItem(atPath: stats)
    }
    #expect(try shell("exec \"$0\" nosuch >&-").status == 2)
  }

  /// The library is made to take its oldest kernels, as it does on a CPU that it does not know.
  @Test func betterKernelsOfOpenBLASAreChosen() throws {
    func kernels(_ environment: [String: String]) throws -> String {
      let lines = try runGanctl(["version"], environment: environment).output.split(separator: "\n")
      return String(try #require(lines.first { $0.hasPrefix("kernels ") }).dropFirst(8)).trimmingCharacters(
        in: .whitespaces)
    }
    let takes = "GANCTL_OPENBLAS_TAKES"
    let own = try kernels([:])
    let raised = try kernels([takes: "Prescott"])
    if own.contains("CPU level avx"), try kernels(["OPENBLAS_CORETYPE": "Prescott"]).contains("Prescott") {
      #expect(raised.contains(", chosen by ganctl: the library had taken Prescott; CPU level avx"), "\(raised)")
      #expect(!raised.hasPrefix("OpenBLAS Prescott"))
    }
    #expect(try !kernels([takes: "Prescott", "GANCTL_CPU": "plain"]).contains("chosen by ganctl"))
    let byUser = try kernels([takes: "Nehalem", "OPENBLAS_CORETYPE": "Core2"])
    #expect(byUser.contains("chosen by OPENBLAS_CORETYPE"), "\(byUser)")
  }
}
