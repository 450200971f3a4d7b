import GanConfig

/// One of the stages of a training, which follow each other in one run: `train.stages` is a list of them.
package struct TrainingStage: Settings, Equatable, Sendable {
  /// nil: as the section `data` says.
  package var size: Int?
  /// Parts of the model that are trained; empty for all.
  package var networks: [String] = []
  /// nil: `train.epochs`.
  package var epochs: Int?
  /// nil: `train.decay_epochs` in the last stage, none in others.
  package var decayEpochs: Int?
  package var rate = 1.0
  package var batchSize: Int?

  package init() {}
  package init(size: Int? = nil, networks: [String] = [], epochs: Int? = nil, decayEpochs: Int? = nil) {
    (self.size, self.networks, self.epochs, self.decayEpochs) = (size, networks, epochs, decayEpochs)
  }

  package static let options: [Option<TrainingStage>] = [
    .optionalInteger("size", \.size, in: 1...65_535, "size of its training pictures"),
    .texts("networks", \.networks, "parts of the model that it trains; []: all"),
    .optionalInteger("epochs", \.epochs, in: 0...1_000_000, "epochs at the full learning rate; null: train.epochs"),
    .optionalInteger(
      "decay_epochs", \.decayEpochs, in: 0...1_000_000,
      "further epochs with decay; null: train.decay_epochs in the last stage, 0 in others"),
    .number("rate", \.rate, in: .above(0, through: 1000), "factor for all learning rates"),
    .optionalInteger("batch_size", \.batchSize, in: 1...65_536, "pictures per step; null: data.batch_size"),
  ]

  package func problems() -> [SettingsProblem] {
    epochs == 0 && decayEpochs == 0
      ? [
        SettingsProblem(
          "epochs", "epochs and decay_epochs are both 0", help: "train for at least one, or leave the stage out")
      ]
      : []
  }
}

/// The stages of a training, as an option.
package struct StageOptions: Settings, Equatable, Sendable {
  package var stages: [TrainingStage] = []

  package init() {}
  package init(_ stages: [TrainingStage]) { self.stages = stages }

  package static let options: [Option<StageOptions>] = [
    .groups(
      "stages", \.stages, of: "stages", count: 0...100,
      "stages that follow each other, such as [{size: 64}, {size: 128}]; []: one training")
  ]
}

/// The stage that a model is made for, and those around it.
package struct StagePlace: Equatable, Sendable {
  package let stages: [TrainingStage]
  /// From 0.
  package let index: Int

  /// nil if there is no such stage.
  package init?(_ stages: [TrainingStage], _ index: Int) {
    guard stages.indices.contains(index) else { return nil }
    (self.stages, self.index) = (stages, index)
  }

  package var stage: TrainingStage { stages[index] }
  package var isLast: Bool { index == stages.count - 1 }

  /// Whether the stage trains a part of the model.
  package func trains(_ part: String) -> Bool { stage.networks.isEmpty || stage.networks.contains(part) }

  /// `stage 2 of 3`
  package var description: String { "stage \(index + 1) of \(stages.count)" }
}
