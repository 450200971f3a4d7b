import GanBase
import GanTestSupport
import Testing

@testable import GanConfig

/// Numbers that change from epoch to epoch.
@Suite struct ScheduledTests {
  private struct Weights: Settings, Equatable {
    struct Part: Settings, Equatable {
      @Scheduled var cycle = 10.0
      static let options: [Option<Part>] = [.weight("cycle", \.$cycle, in: 0...1e6, "weight of cycles")]
    }

    @Scheduled var identity = 0.5
    var part = Part()
    static let options: [Option<Weights>] =
      [.weight("identity", \.$identity, in: 0...100, "weight of identity")] + Option.all(of: \.part)
  }

  private func read(_ text: String, overrides: [String] = []) throws -> Weights {
    var document = try ConfigDocument(text: text, name: "file")
    for override in overrides { document.override(override) }
    let weights = document.decode(Weights.self, section: "model")
    try document.finish()
    return weights
  }

  private func identities(_ weights: Weights, in epochs: [Int]) -> [Double] {
    var weights = weights
    return epochs.map {
      weights.enter(epoch: $0)
      return weights.identity
    }
  }

  @Test func constantsStayAsTheyAre() throws {
    let weights = try read("model: {identity: 0.25}")
    #expect(weights.identity == 0.25 && weights.part.cycle == 10)
    #expect(weights.values.map(\.text) == ["0.25", "10.0"])
    #expect(identities(weights, in: [1, 7, 1000]) == [0.25, 0.25, 0.25])
    #expect(try read("model: {identity: 0.5}") == Weights())
  }

  @Test func valuesJumpAndMoveAlongLines() throws {
    let weights = try read("model:\n  identity: {1: 10, 51: 5, 60-100: 0, 100-104: 8, 200: 1}")
    #expect(weights.identity == 10)
    let epochs = [1, 50, 51, 60, 61, 80, 99, 100, 101, 103, 104, 199, 200, 5000]
    #expect(identities(weights, in: epochs) == [10, 10, 5, 5, 4.875, 2.5, 0.125, 0, 2, 6, 8, 8, 1, 1])
    var most = weights
    most.enter(epoch: nil)
    #expect(most.identity == 10 && weights.$identity.most == 10)
  }

  @Test func partsAreToldOfTheEpoch() throws {
    var weights = try read("", overrides: ["model.cycle={1: 4, 3: 2}"])
    weights.enter(epoch: 3)
    #expect(weights.part.cycle == 2 && weights.identity == 0.5)
  }

  /// What is written, as into checkpoints, reads the same.
  @Test(arguments: ["{1: 10.0, 51: 5.0, 60-100: 0.0}", "{1: 1.0}", "0.1"])
  func theTextIsReadBack(text: String) throws {
    let weights = try read("model: {identity: \(text)}"), written = weights.values[0].text
    #expect(written == (text == "{1: 1.0}" ? "1.0" : text))
    #expect(try read("model: {identity: \(written)}") == weights)
    #expect(weights.complaints() == [])
  }

  /// A new value is the same in all epochs.
  @Test func assigningMakesAConstant() throws {
    var weights = try read("model: {identity: {1: 2, 5: 3}}")
    weights.identity = 7
    #expect(identities(weights, in: [1, 5]) == [7, 7])
  }

  @Test(arguments: [
    ("{2: 1}", "the first epoch must be 1"), ("{1-5: 1}", "the first epoch must be 1"),
    ("{}", "expected numbers by epochs, found none"), ("{1: 1, 9: 2, 5: 3}", "5 comes after 9"),
    ("{1: 1, 3-9: 2, 8: 3}", "8 comes after 9"), ("{1: 1, later: 2}", "expected an epoch such as 51"),
    ("{1: 1, 9-5: 2}", "expected an epoch such as 51"), ("{1: 1, 0: 2}", "expected an epoch such as 51"),
    ("{1: 1, 5: 101}", "in epoch 5: 101 is out of range"), ("{1: 1, 5: many}", "in epoch 5: expected a number"),
    ("'{1: 2}'", "remove the quotes: {1: 2}"), ("[1, 2]", "expected a number, found a list"),
    ("101", "101 is out of range"),
  ])
  func badSchedulesAreRefused(text: String, message: String) throws {
    expectError(.usage, message) { _ = try read("model: {identity: \(text)}") }
  }
}
