import GanBase
import GanConfig
import GanData
import GanImage
import GanModels
import GanTensor
import GanWeights

/// What the networks see of the training pictures, as a sheet: a row for each of some pictures shows what becomes
/// of it in several epochs. The networks are not made.
package struct DataSheet {
  /// What is shown.
  package struct Choice: Sendable {
    /// The step whose pictures come first, from 1.
    package var step = 1
    package var pictures = 6
    package var epochs = 4

    package init() {}
  }

  private let configuration: TrainingConfiguration
  private let found: FoundPictures
  private let choice: Choice

  /// Reads the header of every picture.
  /// - Parameter document: the source of the configuration, for locations in error messages.
  /// - Throws: `GanError`: (usage) for options that do not fit the model, (input) for pictures that cannot be used.
  package init(
    _ configuration: TrainingConfiguration, _ document: ConfigDocument, _ choice: Choice = Choice(),
    phase: (String) -> Void = { _ in }
  ) throws {
    let checked = try CheckedData(configuration, document, phase: phase)
    (self.configuration, found, self.choice) = (checked.configuration, checked.found, choice)
  }

  /// Pictures that are skipped, if the configuration says so.
  package var unusable: [Diagnostic] { found.unusable }

  /// Counts, sizes and random changes, one fact per line.
  package var facts: [String] {
    var lines = [TrainingFacts.data(found.training, found.validation, measuresValidation: false), size, changes]
    if epoch > 0 || choice.step > 1 { lines.append("shown:  from step \(choice.step), in epoch \(epoch + 1)") }
    return lines + found.notices.map { "note:   \($0)" }
  }

  private var epoch: Int { (choice.step - 1) / max(1, found.training.batchesPerEpoch) }

  private var size: String {
    func text(_ size: PictureSize) -> String { "\(size.width)x\(size.height)" }
    let report = found.report, data = configuration.data
    guard let file = report.largestFile, let largest = report.largest else { return "size:   no picture can be used" }
    let batch = found.training.request.batchSize
    return "size:   files up to \(text(file)); the networks see \(report.isVaried ? "up to " : "")\(text(largest)) "
      + "(preprocess: \(data.preprocess.rawValue)), \(counted(batch, "picture")) in a step"
  }

  private var changes: String {
    let usual = Dictionary(uniqueKeysWithValues: AugmentationOptions().values.map { ($0.key, $0.text) })
    let set = configuration.data.augmentation.values.filter { usual[$0.key] != $0.text }
    let mirror = configuration.data.flip ? "flip" : "no flip"
    return "random: crop, \(mirror)" + set.map { ", \($0.key) \($0.text)" }.joined()
  }

  /// - Parameter tell: called before each picture with its number and the total.
  /// - Throws: `GanError` (input) for a picture that cannot be read or used, or for a sheet beyond the limits.
  package func drawn(tell: (_ number: Int, _ all: Int) -> Void = { _, _ in }) throws -> Picture {
    let data = found.training
    let rows = try data.views(fromStep: choice.step, pictures: choice.pictures, epochs: choice.epochs)
    let cells = rows.enumerated().map { index, row -> [Picture?] in
      tell(index + 1, rows.count)
      return row.flatMap { batch in
        shown(batch.input, masks: batch.inputMasks, boxes: batch.inputBoxes)
          + (batch.target.map { shown($0, masks: batch.targetMasks, boxes: batch.targetBoxes) } ?? [])
      }
    }
    let names = rows.map { row -> String in
      let name = row[0].pathsA.first?.withoutEnding.shownName ?? ""
      return data.name(of: row[0].labels.first).map { "\($0): \(name)" } ?? name
    }
    let titles = data.request.hasMasks ? sides.flatMap { [$0, "masks "] } : sides
    let columns = (epoch + 1...epoch + choice.epochs).flatMap { epoch in titles.map { "\($0)\(epoch)" } }
    return try PictureGrid(cells, columnLabels: columns, rowLabels: names).rendered()
  }

  /// What stands before the epoch above each column.
  private var sides: [String] {
    switch found.training.request.mode {
    case .aligned: ["input ", "target "]
    case .unaligned: configuration.data.direction == .aToB ? ["A ", "B "] : ["B ", "A "]
    case .single: ["small ", "sharp "]
    case .domains, .attributes: ["epoch "]
    }
  }
}

/// The first picture of a batch with its boxes, and its masks beside it, if there are any.
private func shown(_ pictures: PictureBatch, masks: PictureBatch?, boxes: [[Box]]?) -> [Picture?] {
  let picture = Picture(pictures, rounding: .nearest).outlined(boxes?.first ?? [])
  guard masks != nil else { return [picture] }
  let colours = Tensor.joined(pictures, masks: masks).masksInColour(from: pictures.channels)
  return [picture, Picture(colours, rounding: .nearest)]
}
