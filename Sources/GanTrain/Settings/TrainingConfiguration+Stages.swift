import GanBase
import GanConfig
import GanData
import GanModels
import GanStore
import GanWeights

/// How long a training with stages takes, and whether its stages make sense.
extension TrainingConfiguration {
  /// Epochs of all stages.
  package var allEpochs: Int { epochsOfStages.reduce(0, +) }

  /// Epochs of the stages before this one.
  package var epochsBefore: Int { epochsOfStages.prefix(stage?.index ?? 0).reduce(0, +) }

  /// Epochs of each stage; of the only one without stages.
  private var epochsOfStages: [Int] {
    let (_, train) = written, stages = train.staged.stages
    guard stage != nil else { return [train.allEpochs] }
    return stages.indices.map { index in StagePlace(stages, index).map { train.during($0).allEpochs } ?? 0 }
  }

  /// The configurations of the stages after this one.
  var laterStages: [TrainingConfiguration] {
    guard let stage else { return [] }
    return (stage.index + 1..<stage.stages.count).map { at(stage: $0) }
  }

  /// Steps of a stage, or of the only one, if no step limit ends it.
  /// - Parameter pictures: of any stage.
  func steps(ofStage index: Int, _ pictures: DataSet) -> Int {
    let size = stage.flatMap { $0.stages[index].batchSize } ?? written.data.batchSize ?? 1
    return epochsOfStages[index] * pictures.batchesPerEpoch(ofSize: size)
  }

  /// The same of this stage and all that follow it.
  func steps(of pictures: DataSet, fromStage first: Int = 0) -> Int {
    epochsOfStages.indices.dropFirst(first).reduce(0) { $0 + steps(ofStage: $1, pictures) }
  }

  /// Steps of the whole run.
  func allSteps(of pictures: DataSet) -> Int { min(steps(of: pictures), train.steps ?? .max) }

  /// `1 of 2: size 64, trains global; 100 epochs`
  package var stageInWords: String {
    guard let stage else { return "" }
    let size = stage.stage.size.map { "size \($0)" }
    let networks = stage.stage.networks
    let parts = networks.isEmpty ? nil : "trains \(networks.joined(separator: ", ")) alone"
    let facts = [size, parts, counted(train.allEpochs, "epoch")].compactMap { $0 }
    return "\(stage.index + 1) of \(stage.stages.count): " + facts.joined(separator: ", ")
  }

  /// The stages that the model has by itself for the largest of its training pictures; nil if it has none, or if the
  /// configuration has its own.
  func ownStages() throws -> [TrainingStage]? {
    let configured = model.configured
    // Without pictures of a size it is not asked.
    guard stage == nil, configured.hasOwnStages else { return nil }
    let model = try ModelSketch(configured).model, data = data.sized(for: model)
    let info = configured.info
    guard let mode = data.mode(for: info.data) else { return nil }
    let request = DataRequest(data, mode, channels: model.inputs.channels, seed: UInt64(run.seed))
    let report = try DataSet(request).checkAll()
    guard let largest = report.largest else { return nil }
    let stages = configured.ownStages(largest.width, largest.height)
    return stages.isEmpty ? nil : stages
  }

  static func check(
    _ stages: [TrainingStage], _ model: ConfiguredModel, _ data: DataOptions, _ document: inout ConfigDocument
  ) {
    guard !stages.isEmpty else { return }
    func refuse(_ message: String, help: String?) {
      document.report(message, at: "train.stages", help: help)
    }
    let name = model.info.name, parts = model.stageParts
    for (index, stage) in stages.enumerated() {
      for part in stage.networks where !parts.contains(part) {
        let near = suggestion(for: part, among: parts).map { "did you mean \($0)? " } ?? ""
        refuse(
          "train.stages: stage \(index + 1): \(name) has no part \(part) that a stage can train",
          help: parts.isEmpty
            ? "all of \(name) is trained in every stage: leave networks out"
            : "\(near)It has \(parts.joined(separator: ", "))")
      }
      if stage.size != nil, data.preprocess == .none {
        refuse(
          "train.stages: stage \(index + 1): a size has no meaning with data.preprocess: none",
          help: "leave size out, or scale the pictures: data.preprocess: resize_and_crop or scale_width")
      }
    }
    if let problem = model.stageProblem(stages) { refuse("train.stages: \(problem.message)", help: problem.help) }
  }
}

extension CheckpointFile {
  /// The stage of training that it was written in, from 0.
  /// - Throws: `GanError` (checkpoint) for a damaged file.
  var stage: Int {
    get throws { metadata[ModelMetadata.stage].flatMap { Int($0) } ?? 0 }
  }
}

extension DataOptions {
  /// With the pictures' sizes of a stage; the sizes of this section must be known, or its own.
  func during(_ place: StagePlace) -> DataOptions {
    var result = self
    if let batch = place.stage.batchSize { result.batchSize = batch }
    guard let size = place.stage.size else { return result }
    // The others in proportion, even.
    func scaled(_ length: Int?, from whole: Int?) -> Int? {
      guard let length, let whole, whole > 0 else { return length }
      return max(1, Int((Double(length) * Double(size) / Double(whole) / 2).rounded()) * 2)
    }
    switch preprocess {
    case .scaleWidth, .scaleShorter:
      (result.loadSize, result.cropSize) = (size, scaled(cropSize, from: loadSize).map { min($0, size) })
    case .resizeAndCrop, .crop, .scaleWidthAndCrop, .scaleShorterAndCrop:
      (result.cropSize, result.loadSize) = (size, scaled(loadSize, from: cropSize).map { max($0, size) })
    case .none: break
    }
    return result
  }

  /// With sizes that suit the model, unless they are configured: those of the largest stage, if there are any.
  func sized(for model: any ImageTranslator, stages: [TrainingStage]) -> DataOptions {
    guard let largest = stages.compactMap(\.size).max() else { return sized(for: model) }
    var settings = self
    switch preprocess {
    case .scaleWidth, .scaleShorter: settings.loadSize = loadSize ?? largest
    default: settings.cropSize = cropSize ?? largest
    }
    return settings.sized(for: model)
  }
}
