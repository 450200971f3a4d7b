import Foundation
import GanBase
import GanConfig
import GanData
import GanModels
import GanTensor

/// Time and memory measured on a few real training steps.
package struct TrainingTrial: Equatable, Sendable {
  /// Mean time per step.
  package let secondsPerStep: Double
  /// The number of steps taken.
  package let steps: Int
  /// Peak memory of the process.
  package let peakBytes: Int
  /// Size of one checkpoint: the weights and the optimizers' averages of each.
  package let checkpointBytes: Int
  let stepsPerEpoch: Int

  /// Trains for up to three cycles of steps, at least one step; no step begins after the limit.
  /// - Parameter phase: called with a description of each stage.
  /// - Throws: `GanError` for everything that `train` would reject.
  init(_ document: ConfigDocument, limit: Double, phase: (String) -> Void = { _ in }) throws {
    var document = document
    let configuration = try TrainingConfiguration(&document)
    try self.init(TrainingParts(configuration, document, phase: phase, memory: { _ in }), limit: limit, phase: phase)
  }

  /// The same with the parts of a run, whose weights change.
  init(_ parts: TrainingParts, limit: Double, phase: (String) -> Void = { _ in }) throws {
    stepsPerEpoch = parts.pictures.batchesPerEpoch
    let cycle = parts.model.cycleOfSteps
    let loader = try Loader(parts.pictures)
    let begin = ContinuousClock.now
    var seconds: [Double] = []
    while seconds.count < 3 * cycle {
      phase("training step \(seconds.count + 1)")
      let batch = try loader.next()
      try parts.model.checkTraining(batch)
      let start = ContinuousClock.now
      _ = try Precision.with(parts.configuration.train.precision) {
        try OutOfMemory.guarding {
          // Reading the values makes sure that the step has been computed.
          try parts.model.trainStep(TrainingBatch(batch, of: parts.pictures)).entries.map(\.value.item)
        }
      }
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      if (ContinuousClock.now - begin) / .seconds(1) > limit { break }
    }
    // The first steps also fill caches; they count only if there are no others.
    let steady = seconds.count >= 2 * cycle ? Array(seconds.dropFirst(cycle)) : seconds
    secondsPerStep = steady.reduce(0, +) / Double(steady.count)
    steps = seconds.count
    peakBytes = Engine.peakResidentBytes
    checkpointBytes = parts.checkpointBytes
  }
}
