import GanBase
import GanConfig
import GanData
import GanModels
import GanWeights

/// A configuration proposed for the pictures in a folder, with the facts and estimates that `init` prints.
package struct Proposal {
  /// What the user may choose in addition to the model.
  package struct Wishes: Sendable {
    /// Side of the training pictures; nil: the size of the pictures, at most the paper's.
    package var size: Int?
    /// The training time in hours.
    package var hours: Double?
    package init(size: Int? = nil, hours: Double? = nil) { (self.size, self.hours) = (size, hours) }
  }

  package let model: RegisteredModel
  /// Why the model was chosen; nil if the user chose it.
  package let reason: String?
  let data: FoundData
  /// The folder of the pictures.
  private let root: FilePath
  private let statistics: SizeStatistics
  private let wishes: Wishes
  /// Height and width of training pictures.
  let size: Int
  private let configured: ConfiguredModel
  private let batchSize: Int
  /// The timed steps; nil before `tryOut`.
  private(set) var trial: TrainingTrial?

  /// - Throws: `GanError` (input) for a folder with nothing for the model, (usage) for a size that it cannot take.
  package init(_ name: String?, data root: FilePath, _ wishes: Wishes = Wishes()) throws {
    let survey = try DataSurvey(root, for: name.flatMap { Registry.model($0) })
    self.root = survey.root
    if let name {
      guard let model = Registry.model(name) else { throw GanError(.bug, "no model \(name)") }
      (self.model, reason) = (model, nil)
      data = try survey.required(for: model)
    } else {
      data = survey.found[0]
      model = DataSurvey.model(for: data)
      reason = Self.reason(survey)
    }
    guard let statistics = SizeStatistics(data.sizes) else {
      throw GanError.input("none of its pictures can be read", at: root, help: "see what is in it: ganctl help init")
    }
    (self.statistics, self.wishes) = (statistics, wishes)
    // Pictures that are only cropped must be large enough for it, every one of them.
    let usual = data.kind == .single ? statistics.shortest : statistics.median
    let room = wishes.size ?? min(model.recipe.size, usual)
    let fitted = try Self.fitted(model, to: room, isExact: wishes.size != nil)
    (size, configured) = (fitted.size, fitted.configured)
    let rule = fitted.rule
    let batch = min(model.recipe.batchSize, max(1, data.count)) / rule.multiple * rule.multiple
    batchSize = max(rule.least, rule.multiple, batch)
  }

  /// The model for the largest usual size up to `room`, or for the smallest size that its networks take if that is
  /// larger.
  private static func fitted(
    _ model: RegisteredModel, to room: Int, isExact: Bool
  ) throws -> (size: Int, configured: ConfiguredModel, rule: BatchRule) {
    let usual = Array(Set([32, 64, 128, 256, 512, model.recipe.size])).sorted()
    let fitting = usual.filter { $0 <= room }.suffix(1) + usual.filter { $0 > room }
    for size in isExact ? [room] : fitting {
      var configured = model.fitting(size)
      if let domains = configured.domains { configured = configured.with(DomainOptions(["a", "b"], domains.kind)) }
      guard let made = try? ModelSketch(configured).model else { continue }
      if made.inputs.pictureRule.allows(size), size >= made.inputs.leastTrainingSize,
        made.inputs.exactTrainingSize ?? size == size
      {
        return (size, model.fitting(size), made.inputs.batchRule)
      }
    }
    throw GanError.usage(
      "\(model.info.name) cannot be trained on pictures of \(room)x\(room)", at: "--size",
      help: "\(model.info.name) is usually trained on \(model.recipe.size)x\(model.recipe.size)")
  }

  /// The usual name of the configuration: `pix2pix-facades.yaml` for pictures in `data/facades`.
  package var fileName: FilePath {
    let name = root.components.last { !$0.string.hasPrefix(".") }.map { "-" + $0.string } ?? ""
    return FilePath("\(model.info.name)\(name.replacing(" ", with: "-")).yaml")
  }

  private static func reason(_ survey: DataSurvey) -> String {
    let info = DataSurvey.model(for: survey.found[0]).info
    let text = "\(info.title), which learns from \(info.pictures)"
    // Numbered files may have equal names by chance.
    guard info.data == .aligned, survey.found.contains(where: { $0.kind == .unaligned }) else { return text }
    return text + "; if they are not pairs: ganctl init cyclegan --data \(survey.root.shellWord)"
  }

  // MARK: Settings

  private var dataSettings: DataOptions {
    var settings = data.settings
    let recipe = model.recipe
    settings.cropSize = size
    settings.loadSize = recipe.loadSize(forCrop: size)
    // Scaling both sides would distort pictures that are far from square.
    settings.preprocess = statistics.aspect > 1.15 ? .scaleShorterAndCrop : .resizeAndCrop
    if data.kind == .single { settings.preprocess = .crop }
    settings.batchSize = batchSize
    return settings
  }

  private var plan: SchedulePlan {
    SchedulePlan(stepsPerEpoch: trial?.stepsPerEpoch ?? max(1, data.count / batchSize))
  }

  private var trainSettings: TrainSettings {
    var settings = TrainSettings()
    settings.epochs = plan.epochs - plan.decayEpochs
    settings.decayEpochs = plan.decayEpochs
    settings.minutes = wishes.hours.map { $0 * 60 }
    guard let trial else { return settings }
    let all = Double(plan.steps) * trial.secondsPerStep
    // About fifty sheets, between one and ten minutes apart.
    let minutes = min(settings.minutes ?? all / 60, all / 60) / 50
    settings.sampleEvery = .seconds(60 * max(1, min(10, minutes.rounded())))
    if trial.secondsPerStep > 1 { settings.logEvery = .seconds(60) }
    return settings
  }

  // MARK: Trying

  /// Takes a few training steps to estimate the time, memory and disk space of a run.
  /// - Parameters:
  ///   - file: where the configuration will be written; named in errors.
  ///   - limit: seconds after which no further step begins.
  ///   - phase: called with a description of each stage.
  /// - Throws: `GanError` for everything that `train` would reject.
  package mutating func tryOut(as file: FilePath, limit: Double, phase: (String) -> Void = { _ in }) throws {
    trial = try TrainingTrial(try ConfigDocument(text: text, name: file.shown), limit: limit, phase: phase)
  }

  // MARK: Text

  /// What was found, one fact per line.
  package var facts: [String] {
    var lines = ["data:   \(data.description); \(statistics.description)"]
    lines.append(
      data.validationCount == 0
        ? "        no validation pictures: samples will show training pictures"
        : "        \(data.validationCount) validation pictures for samples")
    lines += (data.training + data.validation).compactMap { folder in
      folder.skipped.map { "        \(folder.folder): \($0)" }
    }
    lines.append("size:   \(sizes)")
    lines.append("model:  \(reason ?? model.info.title)")
    return lines
  }

  /// What becomes of the pictures.
  private var sizes: String {
    let smaller = data.sizes.filter { $0.shorter < size }.count
    let share = smaller > 0 ? "; \(smaller * 100 / data.sizes.count)% of the pictures are smaller and " : ""
    guard data.kind != .single else {
      return "cropped to \(size)x\(size)" + (share.isEmpty ? "" : share + "cannot be used")
    }
    return "scaled to \(model.recipe.loadSize(forCrop: size)), then cropped to \(size)x\(size)"
      + (share.isEmpty ? "" : share + "will be enlarged")
  }

  /// Time, memory and disk space of a whole run; empty before `tryOut`.
  package var estimate: [String] {
    guard let trial else { return [] }
    return RunEstimate(trial, plan, trainSettings, size: size).lines
  }

  /// The configuration, with comments.
  package var text: String {
    var writer = ConfigWriter(title: "\(configured.info.title) on \(data.description).\nMade by 'ganctl init'.")
    for line in estimate { writer.comment(line) }
    writer.comment("All options: 'ganctl help config' and 'ganctl help \(model.info.name)'.")
    ModelConfiguration(model, configured).write(to: &writer)
    writer.section("data", help: "Which pictures, and in which form")
    writer.settings(dataSettings, only: dataKeys)
    writer.section("train", help: "How long, at which learning rate, and what is written on the way")
    writer.settings(trainSettings, only: trainKeys)
    return writer.text
  }

  private var dataKeys: [String] {
    let settings = data.settings
    var keys = settings.root == nil ? ["folder_a", "folder_b"] : ["root"]
    if settings.mode != .auto { keys.append("mode") }
    if settings.phase != "train" { keys.append("phase") }
    if settings.attributes != nil { keys += ["attributes", "selected_attributes", "held_out", "centre_crop"] }
    if settings.validationFolderA != nil { keys += ["validation_folder_a", "validation_folder_b"] }
    keys +=
      data.kind == .single ? ["preprocess", "crop_size", "flip"] : ["preprocess", "load_size", "crop_size", "flip"]
    if data.kind == .aligned { keys.append("direction") }
    return keys + ["batch_size"]
  }

  private var trainKeys: [String] {
    var keys = ["epochs", "decay_epochs", "minutes", "checkpoint_every", "keep_checkpoints"]
    keys += ["sample_every", "sample_count"]
    if data.kind == .aligned || data.kind == .single, data.validationCount > 0 { keys.append("validation_count") }
    return keys + ["log_every"]
  }
}
