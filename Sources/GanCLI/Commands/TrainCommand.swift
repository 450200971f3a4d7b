import Foundation
import GanBase
import GanConfig
import GanModels
import GanStore
import GanTensor
import GanTrain

/// `ganctl train`
enum TrainCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "train", summary: "Train a model, or continue a run",
      usage: [
        "train --config FILE [--run DIR] [--init FILE|RUN]... [options]", "train --resume RUN [options]",
      ],
      options: [
        OptionSpecification(
          "--config", short: "c", value: "FILE", help: "configuration of a new run; - reads the standard input"),
        OptionSpecification("--run", value: "DIR", help: "folder of the new run (default: runs/NAME)"),
      ] + initOptions + [
        OptionSpecification("--resume", value: "RUN", help: "run folder or checkpoint to continue"),
        OptionSpecification(
          "--set", value: "SECTION.KEY=VALUE", repeatable: true, help: "set an option, over the configuration"),
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
      ],
      details: details, hints: .train)
  }

  private static let details = """
    NAME is the configuration's name, or that of its file. The run folder receives
    report.html (the run on a page), config.yaml (every option), log.jsonl (losses),
    timing.jsonl, samples/ and checkpoints/; runs/latest points to the newest run.

    Ctrl-C or SIGTERM ends the run within two seconds, with a checkpoint and a sample
    sheet. A step that would take longer is dropped, and repeated when the run
    continues; a sheet that would take longer is left out. After an error, a checkpoint
    is saved first if possible.

    --resume continues the run as if it had never stopped, to the last bit. You can
    then change options that do not affect the structure of the networks, such as
    learning rates, loss weights and the length of the run:

      ganctl train --resume runs/quickstart --set train.steps=4000

    --init starts a new run with the weights of another run, of a checkpoint, or of
    files of the official programs (see 'ganctl help import'). A table shows which
    networks fit; the others start with random weights, and all optimizers are reset.
    --init-networks names the only networks to take. Of a run with averaged weights
    (train.ema) the averages are taken; --init-weights raw takes those of its last step.

    'ganctl init --data DIR' writes a configuration for your pictures; 'ganctl help
    config' lists the options.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let threads = try arguments.integer("--threads", in: 1...1024)
    guard let resumed = arguments.path("--resume") else {
      return try start(arguments, threads, context.console)
    }
    for option in ["--config", "--run"] + initOptions.map(\.name) where arguments.flag(option) {
      throw GanError.usage(
        "\(option) cannot be used with --resume", help: "a run continues in its folder; change its options with --set")
    }
    return try shown(in: context.console) { display in
      display.phase("reading \(resumed.shown)")
      let run = try TrainingRun.resume(resumed, overrides: arguments.list("--set"))
      if let end = run.end {
        context.console.notice("The run is finished: \(words(end, run)).\(further(end)) Its last checkpoint:")
        context.console.result((run.checkpoint?.path ?? run.folder.path).shown)
        return ExitCode.ok.rawValue
      }
      let model = run.configuration.model.configured.info.title
      context.console.notice("ganctl train: \(model), continuing \(run.folder.path)")
      try context.console.startEngine(threads: threads)
      for change in run.changes { context.console.notice("changed: \(change)") }
      var parts = try TrainingParts(
        run.configuration, run.document, begins: run.checkpoint == nil, phase: display.phase,
        memory: { memory($0, context.console) })
      if run.checkpoint == nil { try loadInitialWeights(&parts, context.console) }
      context.console.notice(
        run.checkpoint == nil
          ? "The run ended before its first checkpoint: it starts over."
          : "Continuing with step \(run.step + 1) in epoch \(run.epoch).")
      return try train(parts, in: run.folder, from: run.checkpoint, changes: run.changes, display, context.console)
    }
  }

  /// Runs `body` with a progress line.
  static func shown<Result>(in console: Console, _ body: (TrainingDisplay) throws -> Result) rethrows -> Result {
    let display = TrainingDisplay(console)
    display.start()
    defer { display.finish() }
    return try body(display)
  }

  /// Advice on how to continue a finished run.
  private static func further(_ end: StopReason) -> String {
    switch end {
    case .epochs: " To continue, raise train.epochs with --set."
    case .steps: " To continue, raise train.steps with --set."
    case .time: " To continue, raise train.minutes, which counts the whole run, with --set."
    case .patience: " To continue, raise eval.patience with --set, or set it to 0."
    case .signal: ""
    }
  }

  private static func start(_ arguments: ParsedArguments, _ threads: Int?, _ console: Console) throws -> Int32 {
    guard let path = arguments.path("--config") else {
      throw GanError.usage(
        "option --config is missing", help: "write --config FILE; 'ganctl init --data DIR' makes one for your pictures")
    }
    try ConfigurationFile.refuseModelName(path)
    var document = try ConfigDocument(file: path)
    for override in try arguments.list("--set") + initialWeights(arguments) { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    try configuration.checkUse(document)
    let run = arguments.path("--run")
    try TrainingRun.check(configuration, at: run, configurationName: path)
    console.notice("ganctl train: \(configuration.model.configured.info.title), as \(path) says")
    try console.startEngine(threads: threads)
    return try shown(in: console) { display in
      var parts = try TrainingParts(
        configuration, document, begins: true, phase: display.phase, memory: { memory($0, console) })
      try loadInitialWeights(&parts, console)
      let folder = try TrainingRun.create(parts.configuration, at: run, configurationName: path)
      if folder.isBegunAgain { console.notice("The run in this folder ended before it saved a step: it starts over.") }
      return try train(parts, in: folder, from: nil, display, console)
    }
  }

  private static func train(
    _ parts: TrainingParts, in folder: RunFolder, from checkpoint: CheckpointFile?, changes: [OptionChange] = [],
    _ display: TrainingDisplay, _ console: Console
  ) throws -> Int32 {
    let facts = TrainingFacts(parts)
    for line in facts.lines { console.notice(line) }
    let disk = facts.disk(at: folder.path) { Format.bytes(Int(min($0, 1e18))) }
    console.notice("disk:   \(disk.line)")
    if let warning = disk.warning {
      console.warning(
        warning,
        help: "the run will be saved and end when the disk is full; keep fewer checkpoints, or "
          + "make room")
    }
    if !parts.unusable.isEmpty { warn(of: parts.unusable, console) }
    console.notice("engine: \(Engine.description(parts.configuration.train.precision))")
    console.notice("run:    \(folder.path)")
    if let notice = folder.notice { console.notice("note:   \(notice)") }
    display.phase("preparing")
    let trainer = try Trainer(
      parts, in: folder, from: checkpoint, changes: changes, program: Program.version, observer: display)
    // From here on there is something to save; a run that ends earlier starts over.
    Signals.install()
    console.notice("rate:   \(trainer.rateInWords)")
    let summary = try trainer.run()
    display.finish()
    console.notice(lines: TrainingReport(summary, parts.configuration, folder).lines)
    console.result(summary.checkpoint.shown)
    if case .signal(let number) = summary.reason { return 128 + number }
    return ExitCode.ok.rawValue
  }

  private static func memory(_ step: StepMemory, _ console: Console) {
    console.notice("memory: about \(Format.bytes(step.bytes)) for a step")
  }

  static func warn(of unusable: [Diagnostic], _ console: Console) {
    let count = unusable.count
    var lines = unusable.prefix(10).map { "\($0.location.map { "\($0): " } ?? "")\($0.message)" }
    if count > lines.count { lines.append("and \(count - lines.count) more") }
    console.warning(
      "\(counted(count, "picture")) cannot be used and will be skipped:", details: lines)
  }

  private static func words(_ reason: StopReason, _ run: TrainingRun.Continuation) -> String {
    let steps = counted(run.step, "step")
    switch reason {
    case .epochs: return "all epochs are done, \(steps)"
    case .steps: return "train.steps is reached, \(steps)"
    case .time: return "train.minutes is used up, after \(steps)"
    case .patience:
      let evaluations = counted(run.configuration.eval.patience, "evaluation")
      return "eval.patience is used up: \(evaluations) without a better score, \(steps)"
    case .signal(let number): return "stopped by signal \(number) after \(steps)"
    }
  }
}
