import GanBase
import GanData
import GanNN
import GanStore

/// The progress of a run: its state except for tensors and random streams.
struct TrainingProgress: Equatable {
  /// Steps done.
  var step = 0
  /// The stage of training, from 0.
  var stage = 0
  /// The position of the next batch; its `epoch` is the number of completed epochs.
  var position = DataPosition()
  var schedule = LearningRateSchedule()
  /// Loss averages since the last line of the log.
  var averages = LossAverages()
  /// The best evaluation so far, if any.
  var best: BestScore?
  /// Evaluations since the best one.
  var evaluationsSinceBest = 0
  /// Set between a step and the end of the work after it (log, measures, sheets, checkpoints): whether the step was the
  /// last of its epoch.
  var unfinished: StepPlace?
  /// Unreadable pictures that were skipped, if the configuration allows that.
  var skipped = 0
  /// What was noticed that should worry.
  var watch = RunWatch()
  /// Changes of options that affect the results, made when the run was resumed.
  var history: [RunChange] = []
  /// Time spent, if the run's time is limited. nil otherwise, because it differs from run to run.
  var seconds: Double?

  /// Why the run is complete; nil if it is not. Does not check the time, which the trainer checks itself.
  func end(_ configuration: TrainingConfiguration) -> StopReason? {
    let train = configuration.train, patience = configuration.eval.patience
    if isStageOver(configuration), configuration.stage?.isLast ?? true { return .epochs }
    if let steps = train.steps, step >= steps { return .steps }
    return patience > 0 && evaluationsSinceBest >= patience ? .patience : nil
  }

  /// Whether all epochs of the configuration's stage are done; of the training, without stages.
  func isStageOver(_ configuration: TrainingConfiguration) -> Bool {
    position.epoch >= configuration.epochsBefore + configuration.train.allEpochs
  }

  /// `end` before resuming a run, with the time.
  func endBeforeResuming(_ configuration: TrainingConfiguration) -> StopReason? {
    if unfinished != nil { return nil }
    if let reason = end(configuration) { return reason }
    if let minutes = configuration.train.minutes, let seconds, seconds >= minutes * 60 { return .time }
    return nil
  }

  /// The epoch that the next step belongs to, from 1.
  var epoch: Int { position.epoch + 1 }

  /// The last step whose lines in the logs are complete.
  var loggedStep: Int { unfinished == nil ? step : step - 1 }
}

/// The place of a step in its epoch.
enum StepPlace: String {
  case within, last
}

/// The score of the best evaluation.
struct BestScore: Equatable {
  /// Smaller is better.
  let score: Double
  /// The name of the metric, with its features; scores of different metrics or features cannot be compared.
  let measure: String
  /// The step of the evaluation; nil in checkpoints of earlier versions.
  var step: Int?

  /// Whether smaller values of the metric are better; otherwise `score` is the negated value.
  var isSmallerBetter: Bool { GanBase.isSmallerBetter(metric: measure) }

  /// The value of the metric.
  var value: Double { isSmallerBetter ? score : -score }
}

/// Options that were changed when a run was continued.
package struct RunChange: Equatable, Sendable {
  /// The step after which they apply.
  package let step: Int
  /// The version of the program that resumed the run.
  package let program: String
  package let options: [OptionChange]
}

/// A changed option, with both values as in a configuration.
package struct OptionChange: Equatable, Sendable {
  /// `section.key`
  package let key: String
  package let old: String
  package let new: String
}

extension TrainingProgress {
  var members: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("step", .integer(step)), ("epoch", .integer(position.epoch)), ("item", .integer(position.index)),
      ("schedule", schedule.json), ("averages", averages.json),
    ]
    if stage > 0 { members.append(("stage", .integer(stage))) }
    if let best { members.append(("best", best.json)) }
    if evaluationsSinceBest > 0 { members.append(("evaluations_since_best", .integer(evaluationsSinceBest))) }
    if let unfinished { members.append(("unfinished", .string(unfinished.rawValue))) }
    if skipped > 0 { members.append(("skipped", .integer(skipped))) }
    if !watch.isEmpty { members.append(("watch", watch.json)) }
    if !history.isEmpty { members.append(("history", .array(history.map(\.json)))) }
    if let seconds { members.append(("seconds", .number(seconds))) }
    return members
  }

  /// - Throws: `GanError` (checkpoint) naming what is missing or impossible.
  init(_ state: JSONValue, path: FilePath) throws {
    func missing(_ key: String) -> GanError {
      GanError.checkpoint("its state lacks a usable '\(key)'", at: path, help: "use another checkpoint of the run")
    }
    func count(_ key: String) throws -> Int {
      guard let value = state[key]?.integer, (0..<1 << 40).contains(value) else { throw missing(key) }
      return value
    }
    step = try count("step")
    position = DataPosition(epoch: try count("epoch"), index: try count("item"))
    guard let schedule = state["schedule"].flatMap(LearningRateSchedule.init(json:)) else { throw missing("schedule") }
    guard let averages = state["averages"].flatMap(LossAverages.init) else { throw missing("averages") }
    (self.schedule, self.averages) = (schedule, averages)
    stage = state["stage"] == nil ? 0 : try count("stage")
    best = state["best"].flatMap(BestScore.init)
    evaluationsSinceBest = state["evaluations_since_best"] == nil ? 0 : try count("evaluations_since_best")
    unfinished = state["unfinished"]?.string.flatMap(StepPlace.init)
    skipped = state["skipped"] == nil ? 0 : try count("skipped")
    watch = state["watch"].map { RunWatch($0) } ?? RunWatch()
    history = (state["history"]?.array ?? []).compactMap(RunChange.init)
    seconds = state["seconds"]?.number
  }
}

extension BestScore {
  fileprivate var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [("score", .number(score)), ("measure", .string(measure))]
    if let step { members.append(("step", .integer(step))) }
    return .object(members)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let score = json["score"]?.number, let measure = json["measure"]?.string else { return nil }
    self.init(score: score, measure: measure, step: json["step"]?.integer)
  }
}

extension RunChange {
  fileprivate var json: JSONValue {
    ["step": .integer(step), "program": .string(program), "changed": options.json]
  }

  init?(_ json: JSONValue) {
    guard let step = json["step"]?.integer, let program = json["program"]?.string,
      case .object(let changed)? = json["changed"]
    else { return nil }
    (self.step, self.program) = (step, program)
    options = changed.map { key, values in
      let texts = values.array?.compactMap(\.string) ?? []
      return OptionChange(key: key, old: texts.first ?? "", new: texts.last ?? "")
    }
  }
}

extension [OptionChange] {
  /// `{"model.learning_rate": ["0.0002", "0.0001"]}`
  var json: JSONValue { .object(map { ($0.key, .array([.string($0.old), .string($0.new)])) }) }
}

extension LearningRateSchedule {
  fileprivate var json: JSONValue {
    ["badEpochs": .integer(badEpochs), "best": Self.json(best), "factor": Self.json(factor)]
  }

  fileprivate init?(json: JSONValue) {
    guard let badEpochs = json["badEpochs"]?.integer, let best = Self.number(json["best"]),
      let factor = Self.number(json["factor"])
    else { return nil }
    self.init(factor: factor, best: best, badEpochs: badEpochs)
  }

  /// Whole numbers without a fraction; infinity, which JSON lacks, as a string.
  private static func json(_ value: Double) -> JSONValue {
    Int(exactly: value).map { .integer($0) } ?? (value.isFinite ? .number(value) : .string("\(value)"))
  }

  private static func number(_ json: JSONValue?) -> Double? { json?.number ?? json?.string.flatMap { Double($0) } }
}

extension RandomStream.State {
  /// Strings, because JSON numbers cannot hold all 64 bits.
  var json: JSONValue {
    ["seed": .string("\(seed)"), "stream": .string("\(stream)"), "position": .string("\(position)")]
  }

  init?(json: JSONValue) {
    func number(_ key: String) -> UInt64? { json[key]?.string.flatMap { UInt64($0) } }
    guard let seed = number("seed"), let stream = number("stream"), let position = number("position") else {
      return nil
    }
    self.init(seed: seed, stream: stream, position: position)
  }
}

extension AdaptiveStrength.State {
  init?(json: JSONValue) {
    guard let probability = json["probability"]?.number, (0...1).contains(probability) else { return nil }
    let counts = ["steps", "pictures", "positive", "negative"].map { json[$0]?.integer ?? -1 }
    guard counts.allSatisfy({ $0 >= 0 }) else { return nil }
    self.init()
    self.probability = probability
    (steps, pictures, positive, negative) = (counts[0], counts[1], counts[2], counts[3])
  }

  var json: JSONValue {
    [
      "probability": .number(probability), "steps": .integer(steps), "pictures": .integer(pictures),
      "positive": .integer(positive), "negative": .integer(negative),
    ]
  }
}
