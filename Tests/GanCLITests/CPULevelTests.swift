import Foundation
import GanImage
import GanStore
import GanTestSupport
import Testing

@testable import GanTensor

/// The environment's choice of vector instructions, as a user makes it.
@Suite struct CPULevelTests {
  private let folder: TemporaryFolder
  private static let levels: [String?] = ["plain", "avx2", nil]

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String], level: String?) throws -> ProgramResult {
    try runGanctl(arguments, environment: level.map { [CPULevel.variable: $0] } ?? [:])
  }

  @Test func anUnknownLevelIsAUsageError() throws {
    for value in ["sse", "", "AVX2"] {
      let result = try run(["version"], level: value)
      #expect(result.status == 2 && result.output.isEmpty)
      #expect(
        result.messages == """
          ganctl: error: environment variable GANCTL_CPU: unknown CPU level "\(value)"
            help: set it to plain, avx2 or avx512, or do not set it

          """)
      // Help, which tells the names, is not refused.
      #expect(try run(["--help"], level: value).output.contains("GANCTL_CPU"))
    }
  }

  @Test func theLevelOnlyGoesDown() throws {
    func level(_ limit: String?) throws -> String {
      let lines = try run(["version"], level: limit).output.split(separator: "\n")
      return try #require(lines.first { $0.hasPrefix("kernels ") }?.components(separatedBy: "CPU level ").last)
    }
    let best = try level(nil)
    #expect(best == CPULevel.names.last || CPULevel.names.contains(best))
    for (rank, name) in CPULevel.names.enumerated() {
      let lower = min(rank, CPULevel.names.firstIndex(of: best) ?? 0)
      #expect(try level(name) == CPULevel.names[lower])
    }
  }

  /// Forward passes, gradients and weights of three steps, each level within 2e-5 of each tensor's largest element from
  /// the same in Float64: two levels may err on different sides of it.
  @Test func levelsDifferInRoundingOnly() throws {
    func dumped(_ name: String, _ options: [String], level: String?) throws -> SafetensorsFile {
      let dump = folder.file("\(name).safetensors")
      #expect(
        try run(["verify", Repository.modelFixture("pix2pix"), "--dump", dump] + options, level: level).status == 0)
      return try SafetensorsFile(path: dump)
    }
    let exact = try dumped("exact", ["--double"], level: nil)
    let values = try Self.levels.map { try dumped($0 ?? "best", [], level: $0) }
    #expect(values[0].tensors.count > 100 && values[0].tensors.count == exact.tensors.count)
    for tensor in exact.tensors {
      let (name, expected) = (tensor.name, try tensor.floats())
      for (level, found) in zip(Self.levels, values) {
        expectClose(try found.tensor(name).floats(), expected, ofLargest: 2e-5, "\(name), \(level ?? "best")")
      }
    }
    // Without fused multiplication and addition sums round in other ways: the variable does reach the kernels.
    guard try run(["version"], level: nil).output.contains("CPU level avx") else { return }
    #expect(folder.bytes("plain.safetensors") != folder.bytes("avx2.safetensors"))
  }

  @Test func translationsDifferByOneLevelAtMost() throws {
    let model = try SampleModel.write(SampleModel.cyclegan, to: folder.file("model.safetensors"))
    let input = try folder.picture("a.png", 70, 50)
    let pictures = try Self.levels.map { level in
      let output = folder.file("\(level ?? "best").png")
      #expect(try run(["translate", "--checkpoint", model, input, "-o", output], level: level).status == 0)
      return try PictureFile.read(output).pixels
    }
    for other in pictures.dropFirst() { expectClose(other, pictures[0], absolute: 1) }
  }

  /// The cores of OpenBLAS that this CPU can run, from the oldest on; those that the library was built without are left
  /// out.
  @Test func coresOfOpenBLASAreRight() throws {
    var tested: [String] = []
    for core in ["Core2"] + BLASCorePlan.cores(on: .current) {
      let environment = [BLASCore.variable: core]
      let taken = try runGanctl(["version"], environment: environment).output
      guard !tested.contains(core), taken.contains("OpenBLAS \(core), chosen by \(BLASCore.variable)") else { continue }
      let result = try runGanctl(["verify", Repository.modelFixture("pix2pix")], environment: environment)
      #expect(
        result.status == 0 && result.output.hasSuffix("verified\n"), "\(core): \(result.output)\(result.messages)")
      tested.append(core)
    }
    guard try run(["version"], level: nil).output.contains("CPU level avx") else { return }
    #expect(!tested.isEmpty)
  }
}
