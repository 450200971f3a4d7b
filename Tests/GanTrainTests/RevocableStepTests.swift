import Foundation
import GanBase
import GanConfig
import GanData
import GanModels
import GanTestSupport
import Testing

@testable import GanStore
@testable import GanTrain

/// A step that a signal stops, wherever in its midst, leaves the model as it was.
@Suite(.serialized)
struct RevocableStepTests {
  @Test(arguments: Registry.names)
  func aStoppedStepLeavesNoTrace(name: String) throws {
    try withTemporaryFolder { folder in
      let text = try smallConfig(#require(Registry.model(name)), folder)
      let stopped = try Training(text), other = try Training(text)
      // Pools fill up, and averages are no longer zero.
      for epoch in 0..<3 { _ = try stopped.trainStep(epoch) }
      for epoch in 0..<3 { _ = try other.trainStep(epoch) }
      var before = try stopped.state(), step = 3
      #expect(try before == other.state())
      var asked = 0
      let whole = RevocableStep(other.parts.builder, patience: 0) {
        asked += 1
        return false
      }
      #expect(try whole.run(kind: 0) { try other.trainStep(step) } != nil)

      let shares = [0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95]
      var stops = 0
      for share in shares {
        var left = Int(Double(asked) * share)
        let revocable = RevocableStep(stopped.parts.builder, patience: 0) {
          left -= 1
          return left < 0
        }
        if try revocable.run(kind: 0, { try stopped.trainStep(step) }) == nil {
          stops += 1
          #expect(try stopped.state() == before, "stopped after \(share)")
        } else {
          // How often a thread asks depends on how many blocks it takes, so that a wish may come too late.
          before = try stopped.state()
          step += 1
        }
      }
      #expect(stops > shares.count / 2)
      _ = try stopped.trainStep(step)
      if step > 3 { for epoch in 4...step { _ = try other.trainStep(epoch) } }
      #expect(try stopped.state() == other.state())
      #expect(try stopped.state() != before)
    }
  }

  /// What is left after the last optimizer's move is not worth a copy of its weights.
  @Test func afterTheLastMoveAStepIsDoneToItsEnd() throws {
    try withTemporaryFolder { folder in
      let training = try Training(smallConfig(#require(Registry.model("pix2pix")), folder))
      let last = try #require(training.parts.builder.optimizers.first { $0.name == "G" }?.optimizer)
      var asked: Int?
      last.observer = { _, _ in asked = 0 }
      let revocable = RevocableStep(training.parts.builder) {
        // Just before it moves it is too early.
        asked = asked.map { $0 + 1 }
        return (asked ?? 0) > 1
      }
      let losses = try revocable.run(kind: 0) { try training.trainStep(0) }
      #expect(asked == 1)
      #expect(losses != nil)
    }
  }

  /// Whichever optimizer is about to move; only the last one's move cannot be taken back any more.
  @Test(arguments: [0, 1])
  func aStepThatRunsOutOfMemoryLeavesNoTrace(move: Int) throws {
    try withTemporaryFolder { folder in
      let training = try Training(smallConfig(#require(Registry.model("pix2pix")), folder))
      for epoch in 0..<2 { _ = try training.trainStep(epoch) }
      let before = try training.state()
      let revocable = RevocableStep(training.parts.builder, patience: 0) { false }
      var moves = 0
      for (_, optimizer) in training.parts.builder.optimizers {
        optimizer.observer = { _, _ in
          if moves == move { OutOfMemory.report(.environment("out of memory: a trial", at: nil as FilePath?)) }
          moves += 1
        }
      }
      expectError(.environment, "out of memory: a trial") {
        _ = try revocable.run(kind: 0) { try training.trainStep(2) }
      }
      #expect(moves > move)
      #expect(revocable.isTakenBack)
      #expect(try training.state() == before)
      for (_, optimizer) in training.parts.builder.optimizers { optimizer.observer = nil }
      #expect(try revocable.run(kind: 0) { try training.trainStep(2) } != nil)
      #expect(!revocable.isTakenBack)
      #expect(try training.state() != before)
    }
  }

  @Test func whatFailsIsThrownUnlessItWasStopped() throws {
    try withTemporaryFolder { folder in
      let training = try Training(smallConfig(#require(Registry.model("pix2pix")), folder))
      var isStopping = false
      let revocable = RevocableStep(training.parts.builder) { isStopping }
      expectError(.input, "gone") { _ = try revocable.run(kind: 0) { throw GanError.input("gone", at: "x.png") } }
      isStopping = true
      let result: Int? = try revocable.run(kind: 0) {
        _ = try training.trainStep(0)
        throw GanError.input("gone", at: "x.png")
      }
      #expect(result == nil)
    }
  }
}

/// A model with its pictures.
private struct Training {
  let parts: TrainingParts

  init(_ text: String) throws {
    var document = try ConfigDocument(text: text, name: "small.yaml")
    parts = try TrainingParts(TrainingConfiguration(&document), document)
  }

  /// The losses of a step on the first pictures of an epoch.
  func trainStep(_ epoch: Int) throws -> [Double] {
    let batch = try parts.pictures.batch(at: DataPosition(epoch: epoch, index: 0))
    return try parts.model.trainStep(TrainingBatch(batch, of: parts.pictures)).entries.map { $0.value.item }
  }

  /// All that a checkpoint would hold.
  func state() throws -> State {
    let state = TrainingState(builder: parts.builder, progress: TrainingProgress(), fingerprint: 0)
    var bytes: [String: Data] = [:]
    for tensor in state.tensors { try tensor.provide { bytes[tensor.name] = Data($0) } }
    return State(tensors: bytes, json: state.json.encoded)
  }

  struct State: Equatable {
    let tensors: [String: Data]
    let json: String
  }
}
