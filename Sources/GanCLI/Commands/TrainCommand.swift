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
      usage: ["train --config FILE [--run DIR] [options]", "train --resume RUN [options]"],
      options: [
        OptionSpecification("--config", short: "c", value: "FILE", help: "configuration of a new run"),
        OptionSpecification("--run", value: "DIR", help: "folder of the new run (default: runs/NAME)"),
        OptionSpecification("--resume", value: "RUN", help: "run folder or checkpoint to go on from"),
        OptionSpecification(
          "--set", value: "SECTION.KEY=VALUE", repeatable: true, help: "an option in place of the configuration's"),
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
      ],
      details: """
        NAME is the configuration's name, or that of its file. The run folder receives
        config.yaml (every option), log.jsonl (losses), timing.jsonl, samples/ and
        checkpoints/; runs/latest points to the newest run.

        An interrupt (Ctrl-C) or SIGTERM ends the run after the current step with a
        checkpoint; --resume continues it as if it had never stopped, to the last bit.
        Options of the section train can be changed then:

          ganctl train --resume runs/quickstart --set train.steps=4000

        'ganctl init --data DIR' writes a configuration for your pictures, 'ganctl help config'
        lists the options.
        """, hints: .train)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let threads = try arguments.integer("--threads", in: 1...1024)
    guard let resumed = arguments.string("--resume") else {
      return try start(arguments, threads, context.console)
    }
    for option in ["--config", "--run"] where arguments.flag(option) {
      throw GanError.usage(
        "\(option) does not go with --resume", help: "a run goes on in its folder; change options of train with --set")
    }
    let run = try TrainingRun.resume(resumed, overrides: arguments.list("--set"))
    if let end = run.end {
      context.console.notice("The run is finished: \(words(end, run.step)).\(further(end)) Its last checkpoint:")
      context.console.result(run.checkpoint.path)
      return ExitCode.ok.rawValue
    }
    Engine.start(threads: threads)
    let parts = try TrainingParts(run.configuration, run.document)
    context.console.notice("Continuing with step \(run.step + 1) in epoch \(run.epoch).")
    return try train(parts, in: run.folder, from: run.checkpoint, context.console)
  }

  /// How to go on with a run that did all that it was to do.
  private static func further(_ end: StopReason) -> String {
    switch end {
    case .epochs: " To go on, raise train.epochs with --set."
    case .steps: " To go on, raise train.steps with --set."
    case .time: " To go on, raise train.minutes, which counts the whole run, with --set."
    case .signal: ""
    }
  }

  private static func start(_ arguments: ParsedArguments, _ threads: Int?, _ console: Console) throws -> Int32 {
    guard let path = arguments.string("--config") else {
      throw GanError.usage(
        "option --config is missing", help: "write --config FILE; 'ganctl init --data DIR' makes one for your pictures")
    }
    var document = try configuration(path)
    for override in arguments.list("--set") { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    Engine.start(threads: threads)
    let parts = try TrainingParts(configuration, document)
    let folder = try TrainingRun.create(
      parts.configuration, at: arguments.string("--run"), configurationName: path)
    return try train(parts, in: folder, from: nil, console)
  }

  /// The file, or the way to get one where it is not there and has the name of a model.
  private static func configuration(_ path: String) throws -> ConfigDocument {
    let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    if !FileManager.default.fileExists(atPath: path), Registry.model(name) != nil {
      throw GanError.usage(
        "there is no such configuration file", at: path,
        help: "write one for your pictures with: ganctl init \(name) --data DIR")
    }
    return try ConfigDocument(file: path)
  }

  private static func train(
    _ parts: TrainingParts, in folder: RunFolder, from checkpoint: CheckpointFile?, _ console: Console
  ) throws -> Int32 {
    for line in TrainingFacts(parts).lines { console.notice(line) }
    console.notice("engine: \(Engine.description(parts.configuration.train.precision))")
    console.notice("run:    \(folder.path)")
    Signals.install()
    let display = TrainingDisplay(console)
    let trainer = try Trainer(parts, in: folder, from: checkpoint, program: Program.version, observer: display)
    let summary = try trainer.run()
    console.endProgress()
    console.notice(text(summary))
    console.result(summary.checkpoint)
    if case .signal(let number) = summary.reason {
      console.notice("Continue with: ganctl train --resume \(folder.path)")
      return 128 + number
    }
    return ExitCode.ok.rawValue
  }

  private static func words(_ reason: StopReason, _ step: Int) -> String {
    switch reason {
    case .epochs: "all epochs are done, \(step) steps"
    case .steps: "all \(step) steps are done"
    case .time: "its time is over, after \(step) steps"
    case .signal(let number): "stopped by \(number == SIGINT ? "an interrupt" : "signal \(number)") after step \(step)"
    }
  }

  private static func text(_ summary: TrainingSummary) -> String {
    let rate = summary.seconds > 0 ? Double(summary.pictures) / summary.seconds : 0
    let waited = summary.seconds > 0 ? summary.waited / summary.seconds * 100 : 0
    let outcome = words(summary.reason, summary.step)
    return """
      \(outcome.prefix(1).uppercased() + outcome.dropFirst()) (\(summary.steps) now, in \
      \(Format.duration(summary.seconds)), \(Format.rate(rate))).
      Waited for pictures \(String(format: "%.1f", waited))% of the time. Peak memory \
      \(Format.bytes(Engine.peakResidentBytes)), of which tensors \(Format.bytes(MemoryCache.shared.peakBytes)).
      """
  }
}
