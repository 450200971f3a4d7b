import GanConfig
import GanData
import GanModels

extension TrainingConfiguration {
  /// Rejects data options that boxes do not go with, for a model that learns from them.
  static func checkBoxes(_ info: ModelInfo, _ data: DataOptions, _ document: inout ConfigDocument) {
    guard info.boxes != .none else { return }
    if data.mode == .aligned {
      document.report(
        "data.mode aligned does not suit \(info.name)", at: "data.mode",
        help: "\(info.name) learns from \(info.pictures): leave it at auto")
    }
    for (key, isOn) in data.augmentation.moving where isOn {
      document.report(
        "data.\(key) does not suit \(info.name), whose boxes do not follow it", at: "data.\(key)",
        help: "leave it out; boxes follow scaling, crop and mirroring")
    }
  }
}
