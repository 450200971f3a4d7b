import Foundation
import Testing

@testable import GanTensor

/// The other tests of this folder again, in a process for each CPU level below that of this one: kernels of a lower
/// level are tested on every CPU that has a higher one.
@Suite struct LowerLevelTests {
  private static let asked = ProcessInfo.processInfo.environment[CPULevel.variable]

  /// None in such a process itself.
  private static let levels: [String] =
    asked == nil ? Array(CPULevel.names.prefix { $0 != CPULevel.current }) : []

  /// Tests of tiles alone are left out: they take long, and convolutions are computed on emulated tiles as well.
  @Test(arguments: levels) func allPass(at level: String) throws {
    let process = Process(), output = Pipe()
    process.executableURL = URL(
      fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    process.arguments = [
      "--testing-library", "swift-testing", "--filter", "GanTensorTests", "--skip", "TileConvolutionTests/",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging([CPULevel.variable: level]) { $1 }
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n")
    #expect(
      process.terminationStatus == 0 && process.terminationReason == .exit,
      "\(lines.filter { $0.contains("recorded an issue") || $0.contains("↳") }.prefix(20).joined(separator: "\n"))")
    for suite in ["ConvolutionTests", "MapInferenceTests", "GradientTests"] {
      #expect(
        lines.contains { $0.contains("Suite \(suite) passed") },
        "\(suite) did not pass, or was not run:\n\(lines.suffix(3).joined(separator: "\n"))")
    }
  }

  @Test func theLevelIsTheOneAskedFor() throws {
    guard let asked = Self.asked, CPULevel.names.contains(asked) else { return }
    // On a CPU without it, the best that it has.
    #expect(CPULevel.names.prefix { $0 != asked }.contains(CPULevel.current) || CPULevel.current == asked)
  }
}
