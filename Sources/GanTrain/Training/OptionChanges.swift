import GanBase
import GanConfig
import GanModels
import GanTensor

extension TrainingConfiguration {
  /// The options that differ from `other`, in the order of the configuration file.
  func changes(from other: TrainingConfiguration) -> [OptionChange] {
    let before = Dictionary(other.values, uniquingKeysWith: { $1 })
    return values.compactMap { key, new in
      let old = before[key] ?? "null"
      return old == new ? nil : OptionChange(key: key, old: old, new: new)
    }
  }

  /// Every option as `section.key` with its value as text.
  private var values: [(String, String)] {
    let sections = [
      ("", run.values), ("model.", [("name", model.configured.info.name)] + model.configured.values),
      ("data.", written.data.values), ("train.", written.train.values), ("eval.", eval.values),
    ]
    return sections.flatMap { section, values in values.map { (section + $0.key, $0.text) } }
  }

  /// What a checkpoint's state must fit: tensors with their shapes, optimizers, pools, and the meaning of labels.
  private func structure() throws -> [String] {
    let builder = ModelBuilder(seed: 0, forTraining: false)
    let dryRun = DryRun()
    let model = try dryRun { try self.model.configured.make(builder) }
    let tensors = builder.tensors.map { "\($0.name) of \($0.entry.officialShape)" }
    let parts = builder.optimizers.map { "an optimizer \($0.name)" } + builder.pools.map { "a pool \($0.name)" }
    let domains = model.domains.enumerated().map { "label \($0.offset + 1) for \($0.element)" }
    return tensors + parts + domains + ["direct \(model.inputs.channels)"]
  }

  /// Why an option cannot change within a run; nil if it can. Options that affect neither the networks nor the meaning
  /// of their data can change, such as learning rates and loss weights.
  /// - Parameter text: the previous configuration, as YAML.
  func reasonAgainst(_ change: OptionChange, text: String) -> String? {
    switch change.key {
    case "seed": return "the weights and the order of the pictures came from it"
    case "name": return "the run has its folder already"
    case "model.name": return "another model has other networks"
    case "train.init", "train.init_networks", "train.init_weights":
      return "its weights have been trained since they began"
    case "train.stages": return reasonAgainstStages(change, text: text)
    case "data.direction": return "the networks have learned the other direction"
    case "data.held_out": return "pictures that were held out until now would be trained on, or the other way round"
    case "data.selected_attributes": return "the labels would mean something else"
    // They change no network, and may only be valid together.
    case let key where DiffAugmentOptions.options.contains { "model.\($0.key)" == key }: return nil
    case let key where key.hasPrefix("model."): return structuralReason(change, text: text)
    default: return nil
    }
  }

  /// Stages to come may change; those that began may have more or fewer epochs.
  private func reasonAgainstStages(_ change: OptionChange, text: String) -> String? {
    guard let stage else { return "it began without stages" }
    do {
      var document = try ConfigDocument(text: text, name: "configuration")
      document.override("train.stages=\(change.new)")
      let after = try TrainingConfiguration(&document).written.train.staged.stages
      guard after.count > stage.index else { return "the run is in \(stage.description)" }
      for index in 0...stage.index {
        var (old, new) = (stage.stages[index], after[index])
        if index == stage.index { (old.epochs, old.decayEpochs) = (new.epochs, new.decayEpochs) }
        (old.rate, new.rate) = (1, 1)
        if old != new { return "stage \(index + 1) has begun, and only the epochs of the stage that lasts can change" }
      }
      return nil
    } catch let error as GanError {
      return error.diagnostics.first?.message ?? "they do not fit the model"
    } catch { return "\(error)" }
  }

  private func structuralReason(_ change: OptionChange, text: String) -> String? {
    do {
      var document = try ConfigDocument(text: text, name: "configuration")
      document.override("\(change.key)=\(change.new)")
      let changed = try TrainingConfiguration(&document).at(stage: stage?.index ?? 0)
      let before = try structure(), after = try changed.structure()
      if before == after { return nil }
      let (gone, new) = (before.filter(Set(after).isDisjoint(with:)), after.filter(Set(before).isDisjoint(with:)))
      switch (gone.first, new.first) {
      case (let gone?, let new?): return "the model would have \(new) and not \(gone)"
      case (let gone?, nil): return "the model would lack \(gone)"
      case (nil, let new?): return "the model would also have \(new)"
      case (nil, nil): return "the model would have its parts in another order"
      }
    } catch let error as GanError {
      return error.diagnostics.first?.message ?? "it does not fit the model"
    } catch { return "\(error)" }
  }
}

extension Set where Element == String {
  fileprivate func isDisjoint(with element: String) -> Bool { !contains(element) }
}

extension OptionChange: CustomStringConvertible {
  /// Options that do not change the numbers of a resumed run: where files are, when it ends, what it writes.
  private static let harmless: Set = [
    "data.root", "data.attributes", "data.folder_a", "data.folder_b", "data.validation", "data.validation_folder_a",
    "data.validation_folder_b", "data.on_error", "train.steps", "train.checkpoint_every", "train.keep_checkpoints",
    "train.epoch_checkpoint_every", "train.sample_every", "train.sample_count", "train.validation_count",
    "train.log_every", "train.tensorboard",
  ]

  var countsForNumbers: Bool { !Self.harmless.contains(key) }

  /// `model.learning_rate: 0.0002 -> 0.0001`
  package var description: String { "\(key): \(old) -> \(new)" }
}
