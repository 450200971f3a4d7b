import Foundation
import GanBase
import GanConfig
import GanImage
import GanModels
import GanReport
import GanStore
import GanTestSupport
import GanWeights
import Testing

@testable import GanTrain

/// What a run says of itself when something goes wrong, each time because a test makes it go wrong.
@Suite(.serialized)
struct WatchTests {
  /// Trains a tiny run that is looked at more often.
  private func train(
    _ tiny: TinyRun, _ name: String, rules: WatchRules = WatchTests.often, resuming: Bool = false,
    stopAfter: Int? = nil,
    _ overrides: [String]
  ) throws -> Watcher {
    let watcher = Watcher()
    let stop: () -> Int32? = { stopAfter.map { watcher.step >= $0 } == true ? 15 : nil }
    if resuming {
      let run = try TrainingRun.resume(tiny.path(name), overrides: overrides)
      let trainer = try Trainer(
        try TrainingParts(run.configuration, run.document), in: run.folder, from: run.checkpoint, changes: run.changes,
        program: "test", observer: watcher, stopSignal: stop)
      trainer.watchRules = rules
      _ = try trainer.run()
    } else {
      var document = try tiny.document(overrides)
      let configuration = try TrainingConfiguration(&document)
      let run = try TrainingRun.create(configuration, at: FilePath(tiny.path(name)), configurationName: "tiny.yaml")
      let trainer = try Trainer(
        try TrainingParts(configuration, document), in: run, program: "test", observer: watcher, stopSignal: stop)
      trainer.watchRules = rules
      _ = try trainer.run()
    }
    return watcher
  }

  private static let often = WatchRules(lookEvery: 2, firstLook: 4, maturity: 0, stalled: 3, lowSteps: 12)

  /// The names of what was noticed, as the log has them.
  private func noticed(_ tiny: TinyRun, _ name: String) throws -> [String] {
    try tiny.log(name).compactMap { $0["diagnosis"]?.string }
  }

  // MARK: Runs that go wrong

  @Test func aGeneratorThatDoesNotLearnIsNoticed() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      // Its first weights make the same grey of everything.
      let watcher = try train(
        tiny, "run",
        ["train.steps=8", "model.init_gain=1e-6", "model.learning_rate=1e-12", "model.learning_rate_d=1e-4"])
      #expect(try noticed(tiny, "run") == [Symptom.oneColour.rawValue])
      #expect(watcher.warnings == ["step 6: each translation is a single colour"])
      let line = try #require(try tiny.log("run").first { $0["diagnosis"] != nil })
      #expect(line["step"] == 6 && line["text"] == "each translation is a single colour")
      let report = String(decoding: tiny.bytes("run", "report.html"), as: UTF8.self)
      #expect(report.contains("<b>Each translation is a single colour.</b>") && report.contains(Symptom.oneColour.link))
    }
  }

  @Test func aDiscriminatorThatIsMuchFasterWins() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let watcher = try train(
        tiny, "run",
        ["train.steps=70", "model.learning_rate=1e-7", "model.learning_rate_d=0.02"])
      #expect(try noticed(tiny, "run").contains(Symptom.discriminatorWon.rawValue))
      #expect(watcher.warnings.contains { $0.contains("the discriminator has won: D has stayed below 0.01") })
    }
  }

  @Test func aScoreThatStandsStillIsNoticed() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let frozen = ["model.learning_rate=1e-12", "model.dropout=false", "train.epochs=6"]
      _ = try train(tiny, "run", frozen + ["train.decay_epochs=0"])
      #expect(try noticed(tiny, "run").contains(Symptom.stalled.rawValue))
      let line = try #require(try tiny.log("run").first { $0["diagnosis"]?.string == Symptom.stalled.rawValue })
      #expect(line["text"] == "the score (validation L1) has not improved for 3 measurements")
      // Measured scores count instead where there are any.
      _ = try train(tiny, "measured", frozen + ["train.decay_epochs=0", "eval.every=1", "eval.metrics=[ssim]"])
      let texts = try tiny.log("measured").compactMap { $0["text"]?.string }
      #expect(texts.contains("the score (ssim) has not improved for 3 measurements"))
    }
  }

  @Test func smallPicturesAndARateOfZeroAreNoticed() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let watcher = try train(tiny, "small", ["train.steps=1", "data.load_size=96", "data.crop_size=96"])
      #expect(watcher.warnings == ["all 14 pictures are less than half as large as the crop of 96x96"])
      #expect(try tiny.log("small").map { $0["step"] } == [0, 0, 1])
      // A schedule that is over: the plan ends before the epoch in which the run goes on.
      _ = try train(tiny, "zero", ["train.epochs=3", "train.decay_epochs=0"])
      let resumed = try train(
        tiny, "zero", resuming: true, ["train.epochs=1", "train.decay_epochs=4", "model.learning_rate_d=0"])
      #expect(try noticed(tiny, "zero").contains(Symptom.rateZero.rawValue))
      #expect(resumed.warnings.contains { $0.contains("the learning rate of D is 0: it does not change any more") })
    }
  }

  @Test func lossesThatAreNotNumbersAreExplained() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=4", "model.gan_mode=lsgan")
      try tiny.spoil("run", step: 4)
      expectError(.diverged, "the loss G_GAN is nan", Symptom.notFinite.link) {
        try tiny.resume("run", "train.steps=9")
      }
      let report = String(decoding: tiny.bytes("run", "report.html"), as: UTF8.self)
      #expect(report.contains(Symptom.notFinite.link))
    }
  }

  // MARK: Watching changes nothing

  @Test func watchingChangesNothingAndSurvivesAnInterruption() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let overrides = ["train.steps=12", "model.learning_rate=1e-12", "model.init_gain=1e-6", "train.log_every=1"]
      _ = try train(tiny, "watched", overrides)
      let never = WatchRules(lookEvery: 1000, firstLook: 1000)
      _ = try train(tiny, "unwatched", rules: never, overrides)
      #expect(try noticed(tiny, "unwatched") == [])
      #expect(try noticed(tiny, "watched") == [Symptom.oneColour.rawValue])
      #expect(
        try tensorBytes(tiny.checkpoint("watched", step: 12)) == tensorBytes(tiny.checkpoint("unwatched", step: 12)))
      _ = try train(tiny, "resumed", stopAfter: 5, overrides)
      let rest = try train(tiny, "resumed", resuming: true, [])
      // It was suspected before the interruption, and told after it, once.
      #expect(rest.warnings == ["step 6: each translation is a single colour"])
      #expect(tiny.bytes("resumed", "log.jsonl") == tiny.bytes("watched", "log.jsonl"))
      #expect(
        tiny.bytes("resumed", "checkpoints/" + stepFile(12)) == tiny.bytes("watched", "checkpoints/" + stepFile(12)))
    }
  }

  @Test func theStateIsReadAsItWasWritten() {
    var watch = RunWatch()
    #expect(watch.isEmpty && RunWatch(watch.json) == watch)
    watch.told = [.black, .stalled]
    watch.suspected = [.checkerboard]
    watch.lowSince = ["D_A": 50, "D.loss_real + D.loss_fake": 3]
    for score in [3.0, 2, 4] { watch.score.note(score) }
    #expect(RunWatch(watch.json) == watch && watch.score.sinceBest == 1 && watch.score.count == 3)
    #expect(RunWatch(["told": ["of a later version", 3], "low_since": 7]).isEmpty)
  }

  // MARK: Losses

  private func signs(_ options: String) throws -> DiscriminatorSigns {
    var document = try ConfigDocument(text: "model: {\(options)}", name: "test")
    return DiscriminatorSigns(try #require(ModelConfiguration(&document)).configured)
  }

  @Test(arguments: [
    ("name: pix2pix", ["D": 0.005], "D has stayed below 0.01", "vanilla"),
    ("name: pix2pix, gan_mode: lsgan", ["D": 0.003], "D has stayed below 0.004", "lsgan"),
    ("name: cyclegan", ["D_A": 0.2, "D_B": 0.001], "D_B has stayed below 0.004", "lsgan"),
    ("name: munit, gan_type: nsgan", ["dis_a": 0.001, "dis_b": 1], "dis_a has stayed below 0.01", "nsgan"),
    ("name: stargan, gan_mode: hinge", ["D.loss_real": 0.001, "D.loss_fake": 0], "D.loss_real + D.loss_fake", "hinge"),
  ]) func aLossStaysLow(_ options: String, losses: [String: Double], words: String, mode: String) throws {
    let signs = try signs(options)
    var watch = RunWatch()
    let means = losses.map { (name: $0.key, value: $0.value) }
    for step in stride(from: 50, to: 650, by: 50) { #expect(signs.note(means, step: step, &watch) == nil) }
    let text = try #require(signs.note(means, step: 650, &watch))
    #expect(text.contains(words) && text.contains("With \(mode) "), "\(text)")
    // Once it has risen, it must be low for as long again.
    #expect(signs.note(means.map { ($0.name, 0.3) }, step: 700, &watch) == nil)
    #expect(signs.note(means, step: 750, &watch) == nil && signs.note(means, step: 1300, &watch) == nil)
  }

  @Test(arguments: [
    ("name: pix2pix, gan_mode: wgangp", ["D": -20.0]), ("name: stargan", ["D.loss_real": -9.0, "D.loss_fake": -7]),
    ("name: pix2pix, label_smoothing: 0.1", ["D": 0.001]), ("name: pix2pix", ["D": 0.02]),
  ]) func aLossSaysNothing(_ options: String, losses: [String: Double]) throws {
    let signs = try signs(options)
    var watch = RunWatch()
    for step in stride(from: 50, to: 3000, by: 50) {
      #expect(signs.note(losses.map { ($0.key, $0.value) }, step: step, &watch) == nil)
    }
  }

  // MARK: Pictures

  /// A picture of smooth colours and a square, another for each number.
  private func picture(_ number: Int, _ change: (Int, Int, Int) -> Int = { value, _, _ in value }) -> Picture {
    let size = 32
    var pixels: [UInt8] = []
    for y in 0..<size {
      for x in 0..<size {
        for channel in 0..<3 {
          let isInside = (4..<16).contains(x - 3 * number) && (6..<20).contains(y)
          let value = isInside ? 40 + 60 * channel : (3 * x + 5 * y + 40 * number + 20 * channel) % 200 + 20
          pixels.append(UInt8(min(255, max(0, change(value, x, y)))))
        }
      }
    }
    return Picture(width: size, height: size, channels: 3, pixels: pixels)
  }

  private func found(isPaired: Bool = true, _ output: (Int) -> Picture) -> [Symptom] {
    let examples = (0..<3).map { number in
      PictureSigns.Example(
        input: picture(number), output: output(number), real: picture(number) { v, _, _ in v / 2 + 60 })
    }
    return PictureSigns(examples: examples, isPaired: isPaired).found.map(\.symptom)
  }

  @Test func brokenPicturesAreToldApart() {
    #expect(found { self.picture($0) { value, _, _ in value / 90 } } == [.black])
    #expect(found { number in Picture(width: 32, height: 32, channels: 3, fill: UInt8(90 + number)) } == [.oneColour])
    #expect(found { _ in self.picture(7) } == [.sameOutput])
    #expect(found { self.picture($0) { value, _, _ in 255 - value } } == [.inverted])
    #expect(found(isPaired: false) { self.picture($0) { value, _, _ in 255 - value } } == [.inverted])
    let boards: [(Int, Int) -> Bool] = [
      { x, _ in x % 2 == 0 }, { _, y in y % 2 == 0 }, { x, y in (x + y) % 2 == 0 },
      { x, y in x % 2 == 0 && y % 2 == 0 },
    ]
    for board in boards {
      #expect(found { self.picture($0) { value, x, y in value + (board(x, y) ? 18 : 0) } } == [.checkerboard])
    }
  }

  @Test func goodPicturesAreNotSuspected() {
    #expect(found { self.picture($0) } == [])
    #expect(found { self.picture($0) { value, x, y in value / 2 + 60 + (x * 7 + y * 3) % 5 } } == [])
    #expect(found(isPaired: false) { self.picture($0) { value, _, _ in (value + 90) % 230 } } == [])
    // What real pictures are like is right.
    let dark = (0..<3).map { number in
      let black = Picture(width: 8, height: 8, channels: 3)
      return PictureSigns.Example(input: picture(number), output: black, real: black)
    }
    #expect(PictureSigns(examples: dark, isPaired: true).found.isEmpty)
    #expect(PictureSigns(examples: [], isPaired: true).found.isEmpty)
  }
}
