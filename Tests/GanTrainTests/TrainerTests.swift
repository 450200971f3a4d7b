import Foundation
import GanBase
import GanImage
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanTrain

@Suite(.serialized)
struct TrainerTests {
  @Test func aRunFolderHoldsEverything() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let summary = try tiny.start("run", "train.steps=7", "train.sample_every=3", "train.sample_count=2")
      #expect(summary.reason == .steps)
      #expect(summary.steps == 7)
      // Seven pictures in batches of two: the fourth is a single one.
      #expect(summary.pictures == 13)
      let samples = try FileManager.default.contentsOfDirectory(atPath: tiny.path("run") + "/samples").sorted()
      #expect(samples == ["step-000000.png", "step-000003.png", "step-000006.png", "step-000007.png"])
      let sheet = try PictureFile.read(tiny.path("run") + "/samples/step-000007.png")
      #expect(sheet.width > 3 * 32 && sheet.height > 2 * 32)
      #expect(try tiny.checkpoints("run") == [stepFile(5), stepFile(7)])
      #expect(summary.checkpoint.string == tiny.path("run") + "/checkpoints/" + stepFile(7))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/runs/latest") == "run")
      let lines = try tiny.log("run")
      #expect(lines.compactMap { $0["step"]?.integer } == [0, 1, 3, 4, 6])
      #expect(lines[0]["engine"]?.string == Engine.kernels)
      #expect(lines[0]["engine_reason"]?.string == Engine.reasonForKernels)
      #expect(lines[1]["G_L1"]?.number.map { $0 > 0 } == true)
      #expect(lines[1]["learning_rate"]?.number == 2e-4)
      #expect(lines[3]["validation"]?["L1"]?.number.map { $0 > 0 && $0 < 2 } == true)
      #expect(!tiny.bytes("run", "timing.jsonl").isEmpty)
    }
  }

  @Test func keepsTheLastCheckpointsAndThoseOfEpochs() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start(
        "run", "train.steps=12", "train.checkpoint_every=2", "train.keep_checkpoints=3",
        "train.epoch_checkpoint_every=1")
      let epochs = (1...3).map { String(format: "epoch-%04d.safetensors", $0) }
      #expect(try tiny.checkpoints("run") == epochs + [8, 10, 12].map(stepFile))
    }
  }

  @Test func endsWithTheEpochs() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let summary = try tiny.start("run", "train.epochs=1", "train.decay_epochs=1")
      #expect(summary.reason == .epochs)
      #expect(summary.step == 8)
      #expect(try TrainingRun.resume(tiny.path("run"), overrides: []).end == .epochs)
    }
  }

  @Test func theRateFallsFromEpochToEpoch() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.epochs=1", "train.decay_epochs=3", "train.log_every=1")
      let rates = try tiny.log("run").compactMap { $0["learning_rate"]?.number }
      // One epoch in full, then 3/4, 2/4 and 1/4 of the rate; four steps each.
      #expect(rates == [1, 0.75, 0.5, 0.25].flatMap { [Double](repeating: 2e-4 * $0, count: 4) })
    }
  }

  @Test func aPlateauIsFoundInTheValidationPairs() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      // No learning, no progress: the rate falls as soon as patience ends.
      try tiny.start(
        "run", "model.learning_rate=1e-12", "model.dropout=false", "train.lr_policy=plateau", "train.patience=1",
        "train.log_every=4", "train.epochs=6", "train.decay_epochs=0")
      let rates = try tiny.log("run").compactMap { $0["learning_rate"]?.number }
      #expect(rates.last == 1e-12 * 0.2 * 0.2 || rates.last == 1e-12 * 0.2)
      #expect(rates.first == 1e-12)
    }
  }

  @Test func timeEndsARunForGood() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let summary = try tiny.start("run", "train.minutes=1e-9")
      #expect(summary.reason == .time)
      #expect(summary.step == 0)
      #expect(try TrainingRun.resume(tiny.path("run"), overrides: []).end == .time)
      let more = try tiny.resume("run", "train.minutes=1000", "train.steps=2")
      #expect(more.reason == .steps)
    }
  }

  @Test func samplesAndValidationDoNotDisturbTraining() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("plain", "train.steps=6", "train.validation_count=0")
      try tiny.start("watched", "train.steps=6", "train.validation_count=3", "train.sample_every=1")
      #expect(
        try tensorBytes(tiny.checkpoint("plain", step: 6)) == tensorBytes(tiny.checkpoint("watched", step: 6)))
    }
  }

  @Test func aLossThatIsNotFiniteStopsTheRun() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=4", "train.log_every=1", "model.gan_mode=lsgan")
      try tiny.spoil("run", step: 4)
      let before = tiny.bytes("run", "log.jsonl")
      expectError(.diverged, "diverged", "the loss G_GAN is nan in step 5", "the last good checkpoint is", stepFile(4))
      {
        try tiny.resume("run", "train.steps=400", "train.checkpoint_every=1")
      }
      // Nothing of the bad step was saved, and what was there is whole.
      #expect(try tiny.checkpoints("run") == [stepFile(0), stepFile(4)])
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path("run") + "/checkpoints/latest")
          == stepFile(4))
      #expect(tiny.bytes("run", "log.jsonl") == before)
    }
  }

  @Test func weightsThatAreNotFiniteAreNotSaved() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=1")
      let run = try TrainingRun.resume(tiny.path("run"), overrides: ["train.steps=2"])
      let parts = try TrainingParts(run.configuration, run.document)
      let checkpoint = try #require(run.checkpoint)
      let keeper = CheckpointKeeper(parts, run.folder, program: "test", last: (checkpoint.path, 1))
      let state = try TrainingState(restoring: checkpoint, into: parts.builder)
      #expect(state.firstNotFinite == nil)
      let weight = try #require(parts.builder.networks.first?.parameters.first?.tensor)
      weight.assign(weight.detached() * .infinity)
      var progress = state.progress
      progress.step = 2
      expectError(.diverged, "G.model.model.0.weight", stepFile(1)) { try keeper.save(progress, .init(step: true)) }
      #expect(try tiny.checkpoints("run") == [stepFile(0), stepFile(1)])
    }
  }

  @Test func aCheckpointThatCannotBeWrittenLeavesNothingBehind() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=4")
      // A folder with something in it cannot be replaced by a file.
      let place = tiny.path("run") + "/checkpoints/" + stepFile(5)
      try AtomicFile.makeFolder(place + "/in-the-way")
      expectError(.environment, stepFile(5), "the last good checkpoint is", stepFile(4), "--resume") {
        try tiny.resume("run", "train.steps=9")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: tiny.path("run") + "/checkpoints")
      #expect(!names.contains { $0.contains(".tmp-") })
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path("run") + "/checkpoints/latest")
          == stepFile(4))
      try FileManager.default.removeItem(atPath: place)
      try tiny.resume("run", "train.steps=9")
      try tiny.start("whole", "train.steps=9")
      #expect(tiny.bytes("run", "checkpoints/" + stepFile(9)) == tiny.bytes("whole", "checkpoints/" + stepFile(9)))
    }
  }

  @Test func aRunFolderIsNotUsedTwice() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=1")
      let before = tiny.bytes("run", "log.jsonl")
      expectError(.usage, "exists already", "--resume") { try tiny.start("run", "train.steps=3") }
      #expect(tiny.bytes("run", "log.jsonl") == before)
    }
  }

  @Test func greyPicturesAndTheOtherDirection() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let summary = try tiny.start(
        "run", "train.steps=2", "model.input_channels=1", "data.direction=BtoA", "train.sample_every=1")
      #expect(summary.step == 2)
      let weight = try tiny.checkpoint("run", step: 2).tensor("G.model.model.0.weight")
      #expect(weight.shape == [4, 1, 4, 4])
      let config = try String(contentsOfFile: tiny.path("run") + "/config.yaml", encoding: .utf8)
      #expect(config.contains("direction: BtoA"))
    }
  }

  @Test func aDamagedPictureIsNamed() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      // The header is whole, the rest is gone: only reading it shows.
      let path = tiny.data + "/train/3.png"
      let bytes = try #require(FileManager.default.contents(atPath: path))
      try bytes.prefix(60).write(to: URL(fileURLWithPath: path))
      expectError(.input, "3.png") { try tiny.start("run", "train.steps=8") }
      try Data("text".utf8).write(to: URL(fileURLWithPath: path))
      expectError(.input, "3.png") { try tiny.start("other", "train.steps=8") }
      // That one is found before anything is made.
      #expect(!FileManager.default.fileExists(atPath: tiny.path("other")))
    }
  }

  @Test func picturesThatTheNetworksCannotTakeAreNamed() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try makePairs(tiny.data + "/train", count: 1, size: 40)
      expectError(.input, "/0.png", "40x40", "multiples of 32") {
        try tiny.start("run", "data.preprocess=none", "data.batch_size=1", "train.steps=8")
      }
    }
  }
}
