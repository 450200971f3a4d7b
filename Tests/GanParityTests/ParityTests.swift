import Foundation
import GanBase
import GanModels
import GanTensor
import GanTestSupport
import Testing

@testable import GanParity

/// Folders with official numbers: small copies that belong to the tests, and full ones where they are at hand
/// (`GANCTL_PARITY`, or `shared/parity` beside the repository).
enum FixtureFolders {
  static var all: [String] {
    [Repository.modelFixtures, Repository.parity].flatMap { root in
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).sorted()
      return names.map { "\(root)/\($0)" }.filter { isKnown($0) }
    }
  }

  /// Whether the folder's model is registered.
  private static func isKnown(_ folder: String) -> Bool {
    guard let data = FileManager.default.contents(atPath: folder + "/spec.json"),
      let spec = try? JSONSerialization.jsonObject(with: data) as? [String: Any], let name = spec["model"] as? String
    else { return false }
    return VerifiableModel.named(name) != nil
  }
}

@Suite struct ParityTests {
  init() throws { try Engine.start(threads: 2) }

  @Test(arguments: FixtureFolders.all) func reproducesTheOfficialNumbers(_ folder: String) throws {
    let (model, fixture) = try FixtureFolder.read(folder)
    let report = ParityReport(try model.replay(fixture, .float32), fixture)
    #expect(report.missing.isEmpty)
    for row in report.rows {
      #expect(row.passed, "\(row.group): \(row.largest) at \(row.worst), limit \(row.limit)")
    }
  }

  /// A model without committed numbers would go untested.
  @Test func everyModelHasAFixture() throws {
    let models = try FixtureFolders.all.filter { $0.contains("/Fixtures/") }.map {
      try FixtureFolder.read($0).model.info.name
    }
    #expect(Set(models) == Set(Registry.names))
  }

  /// The small fixture of pix2pix with other weights or expected values.
  private func passes(
    _ change: (_ weights: inout [String: Tensor], _ expected: inout [String: Tensor]) throws -> Void
  ) throws -> Bool {
    let (model, fixture) = try FixtureFolder.read(Repository.modelFixture("pix2pix"))
    var weights = fixture.weights, expected = fixture.expected
    try change(&weights, &expected)
    let wrong = ParityFixture(
      path: fixture.path, spec: fixture.spec, weights: weights, inputs: fixture.inputs, expected: expected)
    return ParityReport(try model.replay(wrong, .float32), wrong).passed
  }

  @Test(arguments: [Float(0.01), .nan]) func aPerturbedWeightFails(_ change: Float) throws {
    #expect(try passes { _, _ in })
    let isWrong = try passes { weights, _ in
      let name = try #require(weights.keys.filter { $0.hasPrefix("G.") && $0.hasSuffix(".weight") }.sorted().first)
      let weight = try #require(weights[name])
      var values = weight.floats
      values[0] += change
      weights[name] = Tensor(values, weight.shape)
    }
    #expect(!isWrong)
  }

  @Test func whatIsNotComparedFails() throws {
    #expect(try !passes { _, expected in expected = [:] })
    #expect(
      try !passes { _, expected in
        let name = try #require(expected.keys.filter { $0.hasPrefix("weights.") }.sorted().first)
        expected[name] = expected[name].map { $0.reshaped(to: [1, $0.count]) }
      })
  }

  @Test func aMissingWeightIsNamed() throws {
    let (model, fixture) = try FixtureFolder.read(
      Repository.modelFixture("pix2pix"))
    var weights = fixture.weights
    weights["D.model.0.bias"] = nil
    let wrong = ParityFixture(
      path: fixture.path, spec: fixture.spec, weights: weights, inputs: fixture.inputs, expected: fixture.expected)
    let error = #expect(throws: GanError.self) { try model.replay(wrong, .float32) }
    #expect(error?.code == .checkpoint)
    #expect(error?.description.contains("D.model.0.bias") == true)
  }
}
