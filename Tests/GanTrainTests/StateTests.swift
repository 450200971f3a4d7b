import Foundation
import GanBase
import GanData
import GanModels
import GanNN
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanTrain

@Suite struct StateTests {
  @Test func lossesAreAveragedExactlyAcrossACheckpoint() throws {
    var whole = LossAverages()
    var random = RandomStream(seed: 8)
    for step in 0..<50 {
      whole.add([("a", Double(random.uniform())), ("b", Double(random.uniform()) * 1e-9)])
      let restored = try #require(LossAverages(try JSONValue(parsing: whole.json.encoded)))
      #expect(restored == whole, "step \(step)")
    }
    #expect(whole.means.map(\.name) == ["a", "b"])
    whole.clear()
    #expect(whole.isEmpty)
    #expect(LossAverages(["names": ["a"], "sums": [1, 2], "weights": [1]]) == nil)
  }

  /// Models may train some of their networks in some of the steps only.
  @Test func lossesAreAveragedOverTheStepsThatHadThem() {
    var averages = LossAverages()
    averages.add([("D", 1)])
    averages.add([("G", 5), ("D", 3)])
    averages.add([("D", 5)])
    #expect(averages.means.map(\.name) == ["D", "G"])
    #expect(averages.means.map(\.value) == [3, 5])
  }

  @Test func recentLossesFadeOut() {
    var recent = LossAverages(memory: 0.5)
    recent.add([("a", 4)])
    recent.add([("a", 1)])
    #expect(recent.means.first?.value == (4 * 0.5 + 1) / 1.5)
  }

  @Test func progressSurvives() throws {
    var progress = TrainingProgress()
    progress.step = 123
    progress.position = DataPosition(epoch: 4, index: 17)
    let plan = LearningRateSchedule.Plan(policy: .plateau, epochs: 9, decayEpochs: 9, stepEpochs: 3, patience: 0)
    for score in [0.3, 0.31, 0.299999] { progress.schedule.advance(completed: 1, plan, score: score) }
    progress.averages.add([("G", 0.1)])
    progress.seconds = 12.25
    progress.evaluationsSinceBest = 3
    let text = JSONValue.object(progress.members).encoded
    #expect(try TrainingProgress(try JSONValue(parsing: text), path: "x") == progress)
    // A fresh schedule holds an infinity.
    let fresh = JSONValue.object(TrainingProgress().members).encoded
    #expect(try TrainingProgress(try JSONValue(parsing: fresh), path: "x") == TrainingProgress())
  }

  @Test func randomStreamsSurvive() throws {
    var stream = RandomStream(seed: .max, stream: .max - 5)
    for _ in 0..<7 { _ = stream.nextWord() }
    let state = try #require(RandomStream.State(json: try JSONValue(parsing: stream.state.json.encoded)))
    var restored = RandomStream(state)
    #expect((0..<9).map { _ in restored.nextWord() } == (0..<9).map { _ in stream.nextWord() })
  }

  private final class OneLayer: Module {
    let layer: Conv2d, tensors: TensorStore

    init(_ scope: Scope) {
      tensors = scope.tensors
      layer = Conv2d(scope["c"], 3, 2, kernel: 3, padding: 1, bias: true)
    }
  }

  /// A model's parts with a network, an optimizer and a pool, in a state that depends on `steps`.
  private func parts(steps: Int) throws -> (builder: ModelBuilder, pool: ImagePool, optimizer: Optimizer) {
    let builder = ModelBuilder(seed: 4)
    let network = builder.network("N", .normal(gain: 0.02)) { OneLayer($0) }
    let optimizer = builder.optimizer("O", Optimizer.Settings(), over: network)
    let pool = builder.pool("P", capacity: 3)
    for step in 0..<steps {
      let x = Tensor(repeating: Double(step) / 10, [2, 4, 4, 3])
      _ = pool.exchange(x)
      try optimizer.minimize(network.layer(x + 0.5).abs().mean())
    }
    return (builder, pool, optimizer)
  }

  @Test func poolsAndOptimizersGoOnAsIfNothingHappened() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/state.safetensors"
      let old = try parts(steps: 5)
      let saved = TrainingState(builder: old.builder, progress: TrainingProgress(), fingerprint: .max)
      try CheckpointFile.write(to: path, tensors: saved.tensors, metadata: ["state": saved.json.encoded])
      let new = try parts(steps: 0)
      let restored = try TrainingState(restoring: CheckpointFile(path: path), into: new.builder)
      #expect(restored.fingerprint == .max)
      #expect(new.optimizer.steps == 5)
      #expect(new.pool.pictures.map(\.floats) == old.pool.pictures.map(\.floats))
      for step in 0..<20 {
        let batch = Tensor(repeating: Double(100 + step), [2, 4, 4, 3])
        #expect(new.pool.exchange(batch).floats == old.pool.exchange(batch).floats)
      }
      #expect(new.pool.random == old.pool.random)
      #expect(!new.optimizer.slots.isEmpty && new.optimizer.slots.count == old.optimizer.slots.count)
      for (a, b) in zip(new.optimizer.slots, old.optimizer.slots) {
        #expect(a.averages.map(\.tensor.floats) == b.averages.map(\.tensor.floats))
        #expect(a.entry.tensor.floats == b.entry.tensor.floats)
        #expect(a.averages.allSatisfy { $0.tensor.floats.contains { $0 != 0 } })
      }
    }
  }

  @Test func moreStoredPicturesThanThePoolHoldsAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/state.safetensors"
      let old = try parts(steps: 5)
      let saved = TrainingState(builder: old.builder, progress: TrainingProgress(), fingerprint: 1)
      let json = saved.json.encoded.replacing("\"pictures\":3", with: "\"pictures\":4000000000")
      try CheckpointFile.write(to: path, tensors: saved.tensors, metadata: ["state": json])
      expectError(.checkpoint, "pools.P") {
        _ = try TrainingState(restoring: CheckpointFile(path: path), into: parts(steps: 0).builder)
      }
    }
  }
}
