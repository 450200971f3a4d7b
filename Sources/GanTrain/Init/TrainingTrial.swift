import Foundation
import GanBase
import GanConfig
import GanData
import GanModels
import GanTensor

/// What a few real training steps tell of a whole run.
package struct TrainingTrial: Equatable, Sendable {
  /// The mean of a step.
  package let secondsPerStep: Double
  /// Steps that were taken.
  package let steps: Int
  /// Memory of the process at its peak.
  package let peakBytes: Int
  /// Of one checkpoint: weights, and the optimizers' two averages of each.
  package let checkpointBytes: Int
  let stepsPerEpoch: Int

  /// Trains for up to three times the work that repeats, but not longer than the limit: at least one step.
  /// - Parameter phase: told what is being done.
  /// - Throws: `GanError` for everything that `train` would refuse, too.
  init(_ document: ConfigDocument, limit: Double, phase: (String) -> Void = { _ in }) throws {
    var document = document
    let configuration = try TrainingConfiguration(&document)
    let parts = try TrainingParts(configuration, document, phase: phase, memory: { _ in })
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
      _ = try Precision.with(configuration.train.precision) {
        try OutOfMemory.guarding {
          // Only the values are known to be computed.
          try parts.model.trainStep(TrainingBatch(batch, of: parts.pictures)).entries.map(\.value.item)
        }
      }
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      if (ContinuousClock.now - begin) / .seconds(1) > limit { break }
    }
    // The first steps also fill caches; they count where there are no others.
    let steady = seconds.count >= 2 * cycle ? Array(seconds.dropFirst(cycle)) : seconds
    secondsPerStep = steady.reduce(0, +) / Double(steady.count)
    steps = seconds.count
    peakBytes = Engine.peakResidentBytes
    let state = TrainingState(builder: parts.builder, progress: TrainingProgress(), fingerprint: 0)
    checkpointBytes = state.tensors.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }
  }
}
