import Foundation
import GanBase
import GanConfig
import GanTensor
import Testing

@testable import GanModels

/// Every option of every model at its bounds and at odd values: a training step works, or a `GanError` says why not.
/// Nothing traps.
@Suite(.serialized) struct OptionBoundsTests {
  init() throws { try Engine.start(threads: 2) }

  @Test(arguments: Registry.names) func nothingTraps(_ name: String) throws {
    let type = try #require(Registry.model(name)).type
    var works = 0
    let trials = Self.trials(type)
    for (trial, isDry) in trials.whole.map({ ($0, false) }) + trials.dry.map({ ($0, true) }) {
      do {
        let dryRun = DryRun()
        if isDry { try dryRun { try step(name, trial) } } else { try step(name, trial) }
        works += 1
      } catch let error as GanError {
        #expect(error.code == .usage && !error.diagnostics.isEmpty, "\(name) \(trial): \(error)")
      }
    }
    #expect(works > 10, "\(name): most values must work")
  }

  /// Odd widths work everywhere, as they do in the official programs that take them.
  @Test(arguments: [1, 3, 5, 7]) func starGANTakesOddWidths(_ width: Int) throws {
    try step("stargan", ["g_conv_dim=\(width)"])
  }

  // MARK: Trials

  /// One option changed at a time, but for numbers: their lower bounds all at once, and their upper ones.
  /// - Returns: those with their work, and those that are only made and recorded, which is soon done.
  private static func trials<Model: ImageTranslator>(_ type: Model.Type) -> (whole: [[String]], dry: [[String]]) {
    var trials: [[String]] = [], dry: [[String]] = [], lows: [String] = [], highs: [String] = []
    for option in Model.Options.options {
      let ends = option.allowed.components(separatedBy: " to ").compactMap(Double.init)
      if option.expected.hasPrefix("one of ") {
        let words = option.expected.dropFirst(7).components(separatedBy: ", ")
        trials += words.map { ["\(option.key)=\($0)"] }
      } else if option.expected.hasPrefix("true") || option.expected.contains("true or false") {
        trials += [["\(option.key)=true"], ["\(option.key)=false"]]
      } else if ends.count == 2, option.expected.contains("whole number"), !option.expected.contains("list") {
        let values = values(Int(ends[0]), Int(ends[1])).map { ["\(option.key)=\($0)"] }
        trials += values.prefix(1)
        dry += values.dropFirst()
      } else if ends.count == 2, !option.expected.contains("list") {
        lows.append("\(option.key)=\(ends[0])")
        highs.append("\(option.key)=\(ends[1])")
      }
    }
    return (trials + [lows, highs], dry)
  }

  /// The lower bound, odd values, and the upper bound where it is small: widths of 512 and pictures of 2048 are the
  /// same code as those of 7 and 40, and would take gigabytes.
  private static func values(_ low: Int, _ high: Int) -> [Int] {
    var values = [low] + [3, 5].filter { $0 > low && $0 < high }
    values.append(high <= 16 ? high : low + 7)
    return values
  }

  private func step(_ name: String, _ trial: [String]) throws {
    var document = ConfigDocument(name: "test")
    for override in (RegistryTests.smallOptions[name] ?? []) + trial.map({ "model.\($0)" }) {
      document.override(override)
    }
    let configured = try #require(Registry.model(name)).configure(&document)
    try document.finish()
    let model = try configured.make(ModelBuilder(seed: 1, readWeights: { _ in [:] }))
    // Networks that need larger pictures are made, at least; sizes are checked before training.
    guard max(model.inputs.leastTrainingSize, model.inputs.pictureRule.multiple) <= 64,
      model.inputs.exactTrainingSize.map({ $0 >= 32 && model.inputs.pictureRule.allows($0) }) != false
    else { return }
    _ = try model.trainStep(RegistryTests.batch(model))
  }
}
