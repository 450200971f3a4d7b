import GanBase
import GanData
import GanModels

/// The checked pictures of a configuration.
struct FoundPictures {
  let training: DataSet
  let validation: DataSet?
  /// The result of checking the training pictures.
  let report: DataReport
  let unusable: [Diagnostic]
  let notices: [String]
  /// The picture sizes that networks need for translating only.
  private let testNeeds: NetworkNeeds

  /// - Throws: `GanError` (input) for pictures that cannot be used.
  init(_ configuration: TrainingConfiguration, _ model: any ImageTranslator, _ phase: (String) -> Void) throws {
    let request = try configuration.request(for: model)
    let needs = model.needs(isTraining: true, configuration.data)
    let testNeeds = model.needs(isTraining: false, configuration.data)
    self.testNeeds = testNeeds
    training = try DataSet(request).fitting(needs)
    phase("looking at \(grouped(training.count)) \(training.count == 1 ? "picture" : "pictures")")
    report = try training.checkAll(needs)
    validation = try request.validation.map { try DataSet($0, testing: true).fitting(testNeeds) }
    let further = try validation?.checkAll(testNeeds)
    unusable = report.unusable + (further?.unusable ?? [])
    notices = report.notices + (validation?.skipped ?? [])
  }

  /// The pictures that sample sheets show.
  func forSamples() -> DataSet { validation ?? training.forTesting().fitting(testNeeds) }
}
