import Foundation
import GanBase
import GanData
import GanImage
import GanModels
import GanNN
import GanTensor
import GanWeights

/// Sample sheets: the model's translations of a few fixed pictures. Drawing them does not affect training.
struct SampleSheet {
  private let model: any ImageTranslator
  private let rows: [(name: String, batch: TrainingBatch)]
  private let seed: UInt64
  /// Stands above the names of the rows.
  private let title: String

  /// Selects `count` pictures, evenly spread over the data set.
  /// - Parameter title: such as the stage of training; empty for none.
  /// - Throws: `GanError` (input) for a picture that the networks cannot take.
  init(_ model: any ImageTranslator, _ pictures: DataSet, count: Int, seed: UInt64, title: String = "") throws {
    self.model = model
    self.seed = seed
    self.title = title
    let count = min(count, pictures.count)
    rows = try (0..<count).map { index in
      let batch = try pictures.item(index * pictures.count / count)
      try model.inputs.check(batch)
      return (batch.pathsA.first?.withoutEnding.shownName ?? "", try TrainingBatch(batch))
    }
  }

  /// - Parameter tell: called before each picture with its number and the total; may throw to stop.
  func drawn(tell: (_ number: Int, _ all: Int) throws -> Void = { _, _ in }) throws -> Picture {
    let pass = Pass.testTime(of: model, seed: seed, stream: RunStream.samples)
    var labels: [String] = []
    let cells = try rows.enumerated().map { index, row -> [Picture?] in
      try tell(index + 1, rows.count)
      let samples = try Tape.paused { try model.samples(row.batch, pass) }
      labels = samples.map(\.label)
      let pictures = samples.map { sample in
        Picture(sample.pictures, rounding: model.rounding).outlined(sample.boxes.first ?? [])
      }
      // Next to enlarged pictures, small ones are shown in their size.
      guard model.inputs.enlargement > 1, let widest = pictures.max(by: { $0.width < $1.width }) else {
        return pictures
      }
      return try pictures.map { try $0.resized(width: widest.width, height: widest.height, filter: .bicubic) }
    }
    return try PictureGrid(cells, columnLabels: labels, rowLabels: rows.map(\.name), title: title).rendered()
  }
}

extension SampleSheet {
  /// Pictures and targets that are looked at to see whether a generator is broken.
  private static let mostExamples = 3, mostTargets = 2

  /// Translations of a few pictures, for each of a few targets.
  func examples() throws -> [[PictureSigns.Example]] {
    try model.targets.prefix(Self.mostTargets).map { target in
      let pass = Pass.testTime(of: model, seed: seed, stream: RunStream.samples)
      return try rows.prefix(Self.mostExamples).map { try example($0.batch, target, pass) }
    }
  }

  private func example(
    _ batch: TrainingBatch, _ target: TranslationTarget, _ pass: Pass
  ) throws -> PictureSigns.Example {
    let input: Tensor, real: Tensor
    switch batch.pictures {
    case .sides(let a, let b): (input, real) = target == .bToA ? (b, a) : (a, b)
    case .labelled(let pictures, _): (input, real) = (pictures, pictures)
    }
    let output = try Tape.paused { try model.translate(input, to: target, pass) }
    let channels = model.inputs.channels, (from, to) = target == .bToA ? (channels.b, channels.a) : channels
    // Masks may follow as further channels.
    func picture(_ tensor: Tensor, _ channels: Int) -> Picture {
      let alone = tensor.shape[3] == channels ? tensor : tensor.sliced(0..<channels, axis: 3)
      return Picture(alone, rounding: model.rounding)
    }
    return PictureSigns.Example(input: picture(input, from), output: picture(output, to), real: picture(real, to))
  }
}

/// Random streams of a run's seed, in addition to those of the model.
enum RunStream {
  static let samples: UInt64 = 2
  static let validation: UInt64 = 3
  static let evaluation: UInt64 = 4
}

extension Pass {
  /// Test time as in the official program, with its own random stream, which gives the same draws each time.
  static func testTime(of model: any ImageTranslator, seed: UInt64, stream: UInt64) -> Pass {
    let noise = RandomNoise(RandomStream(seed: seed, stream: stream))
    return Pass(model.testTimeStatistics, noise: model.needsTestTimeNoise ? noise : nil)
  }
}
