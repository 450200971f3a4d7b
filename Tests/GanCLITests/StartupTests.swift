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

  /// The line of `ganctl version` on kernels, and its warnings.
  private func kernels(_ environment: [String: String]) throws -> (line: String, warnings: String) {
    let result = try runGanctl(["version"], environment: environment)
    let line = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("kernels ") })
    return (line.dropFirst(8).trimmingCharacters(in: .whitespaces), result.messages)
  }

  /// The library is made to take its oldest kernels, as it does on a CPU that it does not know.
  @Test func betterKernelsOfOpenBLASAreChosen() throws {
    let takes = "GANCTL_OPENBLAS_TAKES", wish = "OPENBLAS_CORETYPE"
    let own = try kernels([:])
    #expect(own.warnings.isEmpty, "\(own)")
    // On a CPU with nothing better, or with a library for one kind of CPU, there is nothing to choose.
    let byUser = try kernels([wish: "Prescott", takes: "Nehalem"])
    guard own.line.contains("CPU level avx"), byUser.line.contains("Prescott") else { return }
    #expect(byUser.line.hasPrefix("OpenBLAS Prescott, chosen by OPENBLAS_CORETYPE; CPU level avx"), "\(byUser)")
    #expect(
      byUser.warnings.hasPrefix(
        "ganctl: warning: OPENBLAS_CORETYPE makes OpenBLAS compute with SSE (Prescott), although this CPU has AVX"),
      "\(byUser)")
    let raised = try kernels([takes: "Prescott"])
    #expect(raised.line.contains(", chosen by ganctl: the library had taken Prescott; CPU level avx"), "\(raised)")
    #expect(!raised.line.hasPrefix("OpenBLAS Prescott") && raised.warnings.isEmpty, "\(raised)")
    // The value of an unset variable that a shell passes on, and a slip of the pen.
    #expect(try kernels([wish: ""]) == own)
    let unknown = try kernels([wish: "haswel"])
    #expect(unknown.line == own.line && unknown.warnings.contains("OPENBLAS_CORETYPE is \"haswel\""), "\(unknown)")
  }

  /// A level named for the numbers of another machine takes that machine's kernels of OpenBLAS, too.
  @Test func kernelsOfOpenBLASFollowTheNamedLevel() throws {
    let own = try kernels([:]).line
    let oldest = try kernels(["OPENBLAS_CORETYPE": "Prescott"]).line
    guard own.contains("CPU level avx"), oldest.contains("Prescott") else { return }
    let plain = try kernels(["GANCTL_CPU": "plain"])
    #expect(plain.line.hasSuffix("CPU level plain"))
    #expect(plain.line.prefix { $0 != ";" && $0 != "," } == own.prefix { $0 != ";" && $0 != "," }, "\(plain) \(own)")
    #expect(plain.warnings.isEmpty)
    let avx2 = try kernels(["GANCTL_CPU": "avx2"]).line
    #expect(avx2.hasPrefix("OpenBLAS Haswell, ") && avx2.hasSuffix("CPU level avx2"), "\(avx2)")
    let wished = try kernels(["GANCTL_CPU": "avx2", "OPENBLAS_CORETYPE": "Sandybridge"])
    #expect(wished.line.hasPrefix("OpenBLAS Sandybridge, chosen by OPENBLAS_CORETYPE") && !wished.warnings.isEmpty)
  }

  /// Kernels with instructions that the CPU lacks end in an error, not in a crash.
  @Test func kernelsThatTheCPUCannotRunAreAnError() throws {
    let asked = ["OPENBLAS_CORETYPE": "SkylakeX"]
    guard try kernels([:]).line.contains("CPU level avx2"), try kernels(asked).line.contains("SkylakeX") else { return }
    let result = try runGanctl(["verify", Repository.modelFixture("pix2pix")], environment: asked)
    #expect(result.status == 5)
    #expect(
      result.messages == """
        ganctl: error: OpenBLAS does not work with its kernels for SkylakeX, chosen by OPENBLAS_CORETYPE: sgemm uses \
        instructions that this CPU does not have
          help: unset OPENBLAS_CORETYPE

        """)
  }
}
