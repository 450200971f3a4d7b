import Foundation
import GanBase
import GanConfig
import GanImage
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanTrain

private let engine: Void? = try? Engine.start(threads: 2)

/// Pairs side by side, 64x32 in all: left a bright square on black, right the same in a colour that depends on it.
func makePairs(_ folder: String, count: Int, size: Int = 32, seed: UInt64 = 5) throws {
  try AtomicFile.makeFolder(folder)
  var random = RandomStream(seed: seed)
  for number in 0..<count {
    var pixels = [UInt8](repeating: 0, count: size * 2 * size * 3)
    let side = 4 + random.below(size / 2)
    let x = random.below(size - side)
    let y = random.below(size - side)
    for row in y..<y + side {
      for column in x..<x + side {
        for channel in 0..<3 {
          pixels[(row * 2 * size + column) * 3 + channel] = 255
          pixels[(row * 2 * size + size + column) * 3 + channel] = UInt8((side * 37 + channel * 90) % 256)
        }
      }
    }
    let picture = Picture(width: size * 2, height: size, channels: 3, pixels: pixels)
    try PictureFile.writePNG(picture, to: "\(folder)/\(number).png")
  }
}

/// The smallest run that has everything: dropout, batch norm, shuffling, crops, flips, epochs that end within.
func tinyConfig(_ root: String) -> String {
  """
  seed: 3
  model:
    name: pix2pix
    generator: unet_32
    ngf: 4
    ndf: 4
  data:
    root: "\(root)"
    load_size: 36
    crop_size: 32
    batch_size: 2
  train:
    epochs: 2
    decay_epochs: 100
    log_every: 3
    checkpoint_every: 5
    sample_every: 0
    keep_checkpoints: 2
    validation_count: 2
  """
}

/// Collects what a run has to say, and stops it where a test wants.
final class Watcher: TrainingObserver {
  var notices: [String] = [], warnings: [String] = []
  var step = 0
  var onStep: (Int) -> Void = { _ in }
  func notice(_ text: String) { notices.append(text) }
  func warning(_ text: String, help: String?) { warnings.append(text) }
  func advanced(to status: TrainingStatus) {
    step = status.step
    onStep(step)
  }
}

/// A run in a temporary folder: seven pairs to train on, three to validate.
struct TinyRun {
  let folder: String
  var data: String { folder + "/data" }

  init(_ folder: String, pictures: Int = 7) throws {
    _ = engine
    self.folder = folder
    if !FileManager.default.fileExists(atPath: folder + "/data") {
      try makePairs(folder + "/data/train", count: pictures)
      try makePairs(folder + "/data/val", count: 3, seed: 9)
    }
  }

  func path(_ name: String) -> String { folder + "/runs/" + name }

  func document(_ overrides: [String]) throws -> ConfigDocument {
    var document = try ConfigDocument(text: tinyConfig(data), name: "tiny.yaml")
    for override in overrides { document.override(override) }
    return document
  }

  /// Starts a run; with `stopAfter`, a signal comes in that step.
  @discardableResult
  func start(
    _ name: String, stopAfter: Int? = nil, watcher: Watcher = Watcher(), _ overrides: String...
  ) throws -> TrainingSummary {
    var document = try document(overrides)
    let configuration = try TrainingConfiguration(&document)
    let parts = try TrainingParts(configuration, document)
    let run = try TrainingRun.create(configuration, at: path(name), configurationName: "tiny.yaml")
    return try train(parts, run, nil, [], stopAfter, watcher)
  }

  @discardableResult
  func resume(
    _ given: String, stopAfter: Int? = nil, watcher: Watcher = Watcher(), _ overrides: String...
  ) throws -> TrainingSummary {
    let run = try TrainingRun.resume(path(given), overrides: overrides)
    let parts = try TrainingParts(run.configuration, run.document)
    return try train(parts, run.folder, run.checkpoint, run.changes, stopAfter, watcher)
  }

  private func train(
    _ parts: TrainingParts, _ run: RunFolder, _ checkpoint: CheckpointFile?, _ changes: [OptionChange],
    _ stopAfter: Int?, _ watcher: Watcher
  ) throws -> TrainingSummary {
    let trainer = try Trainer(
      parts, in: run, from: checkpoint, changes: changes, program: "test", observer: watcher,
      stopSignal: { stopAfter.map { watcher.step >= $0 } == true ? 15 : nil })
    return try trainer.run()
  }

  /// What a file of a run holds; that there is none fails the test.
  func bytes(_ name: String, _ file: String, sourceLocation: SourceLocation = #_sourceLocation) -> Data {
    contents(of: path(name) + "/" + file, sourceLocation: sourceLocation)
  }

  func checkpoint(_ name: String, step: Int) throws -> CheckpointFile {
    try CheckpointFile(path: path(name) + "/checkpoints/" + stepFile(step))
  }

  /// Makes weights of the discriminator so large that the next step with `gan_mode: lsgan` diverges: they are finite,
  /// but their squares are not.
  func spoil(_ name: String, step: Int) throws {
    let checkpoint = try checkpoint(name, step: step)
    let tensors = try checkpoint.tensors.map { tensor in
      tensor.name != "D.model.11.weight"
        ? TensorSource(tensor)
        : TensorSource(name: tensor.name, shape: tensor.shape, floats: try tensor.floats().map { $0 * 1e30 })
    }
    try CheckpointFile.write(to: checkpoint.path, tensors: tensors, metadata: checkpoint.metadata)
  }

  /// Names in the folder of checkpoints, without links.
  func checkpoints(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name) + "/checkpoints")
      .filter { $0.hasSuffix(".safetensors") }.sorted()
  }

  /// The lines of the log.
  func log(_ name: String) throws -> [JSONValue] {
    let text = String(decoding: bytes(name, "log.jsonl"), as: UTF8.self)
    return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }
}

func stepFile(_ step: Int) -> String { String(format: "step-%06d.safetensors", step) }
