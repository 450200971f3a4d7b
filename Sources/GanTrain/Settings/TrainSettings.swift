import GanBase
import GanConfig
import GanModels
import GanNN
import GanTensor
import GanWeights

/// The section `train` of a configuration: duration, learning rate schedule, and what is written during training.
package struct TrainSettings: Settings, Equatable, Sendable {
  package var epochs = 100
  package var decayEpochs = 100
  package var staged = StageOptions()
  package var steps: Int?
  package var minutes: Double?
  package var precision = Precision.highest
  package var policy = LearningRatePolicy.linear
  package var stepEpochs = 50
  package var stepFactor = 0.1
  package var patience = 5
  package var checkpointEvery = Cadence.seconds(600)
  package var keepCheckpoints = 3
  package var epochCheckpointEvery = 0
  package var sampleEvery = Cadence.seconds(600)
  package var sampleCount = 4
  package var validationCount = 50
  package var logEvery = Cadence.steps(50)
  package var tensorboard = false
  package var ema = 0.0
  package var emaHalfLife = 0
  package var emaWarmup = true
  package var initial: [String] = []
  package var initialNetworks: [String] = []
  package var initialWeights = WeightChoice.auto

  package init() {}

  private static let many = 1_000_000_000

  package static let options: [Option<TrainSettings>] = ofLength + Option.all(of: \.staged) + further

  private static let ofLength: [Option<TrainSettings>] = [
    .integer("epochs", \.epochs, in: 0...1_000_000, "passes over the training pictures at the full learning rate"),
    .integer(
      "decay_epochs", \.decayEpochs, in: 0...1_000_000,
      "further passes, during which lr_policy: linear lowers the rate to 0"),
  ]

  private static let further: [Option<TrainSettings>] = [
    .optionalInteger("steps", \.steps, in: 1...many, "end after this many steps, even if epochs are left"),
    .optionalNumber(
      "minutes", \.minutes, in: .above(0, through: 1e7),
      "end after this many minutes in all, even if epochs are left; the learning rate falls over that time"),
    .choice(
      "precision", \.precision,
      "arithmetic of convolutions; high: three bf16 products for one; medium: bf16; without AMX both are fp32"),
    .choice("lr_policy", \.policy, "how the learning rate changes from epoch to epoch"),
    .integer("step_epochs", \.stepEpochs, in: 1...1_000_000, "epochs between the drops of lr_policy: step"),
    .number(
      "step_factor", \.stepFactor, in: .above(0, through: 1), "factor for the rate at each drop of lr_policy: step"),
    .integer("patience", \.patience, in: 0...1_000_000, "epochs without progress before lr_policy: plateau drops"),
    .cadence("checkpoint_every", \.checkpointEvery, "steps or time between checkpoints; 0: only at the end"),
    .integer("keep_checkpoints", \.keepCheckpoints, in: 1...many, "how many of the newest step checkpoints are kept"),
    .integer(
      "epoch_checkpoint_every", \.epochCheckpointEvery, in: 0...1_000_000,
      "epochs between checkpoints that are kept for good; 0: none"),
    .cadence("sample_every", \.sampleEvery, "steps or time between sample sheets; 0: only at the end"),
    .integer("sample_count", \.sampleCount, in: 0...64, "pictures on a sample sheet; 0: no sheets"),
    .integer(
      "validation_count", \.validationCount, in: 0...many,
      "validation pairs whose mean distance is logged after each epoch; 0: none"),
    .cadence("log_every", \.logEvery, never: false, "steps or time between lines of log.jsonl"),
    .flag(
      "tensorboard", \.tensorboard, "also write what is logged, and sample sheets, into an event file for TensorBoard"),
    .number(
      "ema", \.ema, in: NumberRange(0..<1),
      "averages of the weights that translate: what a step keeps of them, such as 0.999 (Yaz et al. 2019); 0: none"),
    .integer(
      "ema_half_life", \.emaHalfLife, in: 0...1_000_000_000_000,
      "the same in pictures after which half of the averages is new, such as 10000 (Karras et al. 2018); 0: see ema"),
    .flag(
      "ema_warmup", \.emaWarmup,
      "shorter averages at first: after t steps at most (1+t)/(10+t) is kept; ema_half_life is at most 5% of the "
        + "pictures so far"),
    .texts("init", \.initial, "runs or files of weights that a new run starts from, as with train --init"),
    .texts(
      "init_networks", \.initialNetworks, "the only networks that start from init, such as [G, D]; []: all that fit"),
    .choice(
      "init_weights", \.initialWeights, "weights of a run in init; auto: its averages (ema) if it kept any, else raw"),
  ]

  package func problems() -> [SettingsProblem] {
    var problems: [SettingsProblem] = []
    if epochs + decayEpochs == 0 {
      problems.append(
        SettingsProblem("epochs", "train.epochs and train.decay_epochs are both 0", help: "train for at least one"))
    }
    if minutes != nil, !staged.stages.isEmpty {
      problems.append(
        SettingsProblem(
          "minutes", "train.minutes does not go with train.stages, whose epochs say when each ends",
          help: "leave one of them out"))
    }
    if ema > 0, emaHalfLife > 0 {
      problems.append(
        SettingsProblem(
          "ema_half_life", "train.ema and train.ema_half_life are two forms of the same averages",
          help: "set one of them to 0"))
    }
    if !emaWarmup, averaging == nil {
      problems.append(
        SettingsProblem(
          "ema_warmup", "train.ema_warmup belongs to averages of weights, and there are none",
          help: "set train.ema or train.ema_half_life, or leave it out"))
    }
    if !initialNetworks.isEmpty, initial.isEmpty {
      problems.append(
        SettingsProblem(
          "init_networks", "train.init_networks: there is nothing to start from",
          help: "name a run or files of weights with train.init or --init"))
    }
    if initialWeights != .auto, initial.isEmpty {
      problems.append(
        SettingsProblem(
          "init_weights", "train.init_weights: there is nothing to start from",
          help: "name a run or files of weights with train.init or --init"))
    }
    return problems
  }

  /// How weights are averaged; nil if they are not.
  var averaging: WeightAverages.Rule? {
    if ema > 0 { return WeightAverages.Rule(.perUpdate(ema), warmsUp: emaWarmup) }
    return emaHalfLife > 0 ? WeightAverages.Rule(.halfLife(pictures: Double(emaHalfLife)), warmsUp: emaWarmup) : nil
  }

  /// All epochs, including those with decay; of one stage, if there are any.
  package var allEpochs: Int { epochs + decayEpochs }

  /// With the epochs of a stage.
  func during(_ stage: StagePlace) -> TrainSettings {
    var result = self
    result.epochs = stage.stage.epochs ?? epochs
    result.decayEpochs = stage.stage.decayEpochs ?? (stage.isLast ? decayEpochs : 0)
    return result
  }

  var plan: LearningRateSchedule.Plan {
    LearningRateSchedule.Plan(
      policy: policy, epochs: epochs, decayEpochs: decayEpochs, stepEpochs: stepEpochs, stepFactor: stepFactor,
      patience: patience)
  }

  /// The learning rate in `epoch` (from 1) and its further course:
  /// `0.0002 now, falls to 1.98e-06 from epoch 101 to 200`.
  /// - Parameters:
  ///   - before: the rate before a change of options; nil for a new run.
  ///   - full: the rate before the schedule is applied.
  ///   - completed: epochs of earlier stages.
  func rateInWords(
    _ rate: Double, before: Double? = nil, epoch: Int, full: Double, after completed: Int = 0
  ) -> String {
    let now = short(rate, digits: 3)
    let course = course(epoch: epoch - completed, full: full, after: completed).map { ", \($0)" } ?? ""
    let old = before.map { short($0, digits: 3) }
    return old == nil || old == now ? "\(now) now\(course)" : "was \(old ?? ""), is now \(now)\(course)"
  }

  /// The further course of the rate; nil in the last epoch of a linear schedule.
  private func course(epoch: Int, full: Double, after completed: Int) -> String? {
    let time = minutes.map { ", or with the time: train.minutes is \(short($0))" } ?? ""
    switch policy {
    case .constant: return "constant"
    case .step: return "times \(short(stepFactor)) every \(stepEpochs == 1 ? "epoch" : "\(stepEpochs) epochs")"
    case .plateau:
      return "times \(short(LearningRateSchedule.plateauFactor)) after \(counted(patience, "epoch")) without progress"
    case .cosine: return "falls to 0 along a cosine until epoch \(completed + allEpochs)\(time)"
    case .linear:
      guard epoch < allEpochs else { return nil }
      guard decayEpochs > 0 else { return "constant" }
      let least = short(full * (plan.factor(completed: allEpochs - 1) ?? 0), digits: 3)
      let first = max(epoch, epochs + 1)
      let last = completed + allEpochs
      let span = first < allEpochs ? "from epoch \(completed + first) to \(last)" : "in epoch \(last)"
      return "falls to \(least) \(span)\(time)"
    }
  }
}
