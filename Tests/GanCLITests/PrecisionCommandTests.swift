import Foundation
import GanTestSupport
import Testing

/// Precision as a user meets it. What the CPU has is hidden, or emulated, by the environment.
@Suite struct PrecisionCommandTests {
  private static let fixture = Repository.modelFixture("pix2pix")

  private func verify(_ options: [String], cpu: String) throws -> ProgramResult {
    try runGanctl(["verify", Self.fixture] + options, environment: ["GANCTL_CPU": cpu])
  }

  @Test func fallsBackWithANotice() throws {
    let plain = try verify([], cpu: "plain")
    #expect(plain.status == 0)
    #expect(!plain.messages.contains("precision"))
    let result = try verify(["--precision", "medium"], cpu: "plain")
    #expect(result.status == 0)
    #expect(result.messages.hasPrefix("precision medium: computing in fp32"))
    #expect(result.messages.hasSuffix("since this CPU has no AMX for bf16\n"))
    #expect(result.messages.split(separator: "\n").count == 1)
  }

  @Test(arguments: [("high", "amx-emulated"), ("medium", "amx-emulated"), ("high", "bf16-rounded")])
  func staysWithinItsLimits(_ precision: String, _ cpu: String) throws {
    let result = try verify(["--precision", precision], cpu: cpu)
    #expect(result.status == 0, "\(result.output)")
    #expect(result.messages.contains("precision \(precision): "))
    #expect(result.messages.contains("GANCTL_CPU=\(cpu)"))
    #expect(result.output.hasSuffix("verified\n"))
  }

  /// As this CPU computes it: on AMX without a word, else in fp32 with wide Winograd tiles.
  @Test(arguments: ["high", "medium"]) func holdsOnThisCPU(_ precision: String) throws {
    let result = try runGanctl(["verify", Self.fixture, "--precision", precision])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.hasSuffix("verified\n"))
    #expect(
      result.messages.isEmpty || result.messages.hasPrefix("precision \(precision): computing in fp32 with wide"),
      "\(result.messages)")
  }

  @Test func threadsDoNotCount() throws {
    let folder = try TemporaryFolder()
    let dumps = try ["1", "3"].map { threads -> Data in
      let file = "\(threads).safetensors"
      let options = ["--precision", "high", "--threads", threads, "--dump", folder.file(file)]
      let result = try verify(options, cpu: "amx-emulated")
      #expect(result.status == 0)
      return folder.bytes(file)
    }
    #expect(dumps[0] == dumps[1])
    #expect(dumps[0].count > 10_000)
  }

  @Test func wrongWordsAreRefused() throws {
    let unknown = try verify(["--precision", "mediun"], cpu: "plain")
    #expect(unknown.status == 2)
    #expect(unknown.messages.contains("option --precision: expected one of highest, high, medium, found \"mediun\""))
    #expect(unknown.messages.contains("did you mean medium?"))
    let double = try verify(["--double", "--precision", "high"], cpu: "plain")
    #expect(double.status == 2)
    #expect(double.messages.contains("--double and --precision high cannot be used together"))
  }
}
