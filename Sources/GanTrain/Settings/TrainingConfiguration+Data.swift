import GanBase
import GanConfig
import GanData
import GanModels
import GanWeights

extension TrainingConfiguration {
  /// The training pictures as this configuration's model takes them. Their files are listed, not read.
  /// - Throws: `GanError`: (usage) for options that do not suit the data, (input) for folders that do not hold what the
  ///   model needs.
  package func trainingPictures(_ document: ConfigDocument) throws -> DataSet {
    let complete = try completed(document)
    let model = try ModelSketch(complete.model.configured).model
    let sized = complete.sized(for: model)
    return try DataSet(try sized.request(for: model)).fitting(model.needs(isTraining: true, sized.data))
  }

  /// What the training data set is made from. The sizes must be known.
  func request(for model: any ImageTranslator) throws -> DataRequest {
    let info = self.model.configured.info
    guard let mode = data.mode(for: info.data) else { throw GanError(.bug, "no data mode for \(info.name)") }
    var request = DataRequest(
      data, mode, channels: model.inputs.channels, enlargement: model.inputs.enlargement, seed: UInt64(run.seed))
    request.hasMasks = info.needsMasks
    request.boxed = data.boxed(for: info)
    if model.inputs.batchRule.dropsIncomplete { request.options.dropLast = true }
    if model.inputs.dropsRandomCropWhileDecaying { request.scalesToCropFrom = epochsBefore + train.epochs }
    return request
  }
}
