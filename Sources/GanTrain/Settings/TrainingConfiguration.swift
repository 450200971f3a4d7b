import GanBase
import GanConfig

/// A whole configuration for training, as it is written into the run folder and into every checkpoint.
public struct TrainingConfiguration {
  public let run: RunSettings
  public let model: ModelConfiguration
  public let data: DataSettings
  public let train: TrainSettings
  public let eval: EvalSettings

  /// - Throws: `GanError` (usage) with all faults of the document.
  public init(_ document: inout ConfigDocument) throws {
    run = document.decode(RunSettings.self)
    let model = ModelConfiguration(&document)
    data = document.decode(DataSettings.self, section: "data")
    train = document.decode(TrainSettings.self, section: "train")
    eval = document.decode(EvalSettings.self, section: "eval")
    if data.root == nil, data.folderA == nil {
      document.report(
        "data.root is missing", at: "data.root", help: "give the folder of the data set, or folder_a and folder_b")
    }
    if let model, data.mode(for: model.configured.info.data) == nil {
      let info = model.configured.info
      document.report(
        "data.mode \(data.mode.rawValue) does not suit \(info.name)", at: "data.mode",
        help: "\(info.name) learns from \(info.data.rawValue) pictures: leave it at auto")
    }
    try document.finish()
    guard let model else { throw GanError(.bug, "a configuration without a model was accepted", at: document.name) }
    self.model = model
  }

  /// The document with every option; reading it gives the same configuration.
  public var text: String {
    var writer = ConfigWriter()
    writer.settings(run)
    model.write(to: &writer)
    writer.section("data", help: "Which pictures, and in which form")
    writer.settings(data)
    writer.section("train", help: "How long, at which learning rate, and what is written on the way")
    writer.settings(train)
    writer.section("eval", help: "What is measured on the validation pictures during training")
    writer.settings(eval)
    return writer.text
  }
}
