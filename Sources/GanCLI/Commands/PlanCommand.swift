import Foundation
import GanBase
import GanConfig
import GanStore
import GanTensor
import GanTrain

/// `ganctl plan`: tells what a training run will take.
enum PlanCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "plan", summary: "Tell what a training run will take, before it begins",
      usage: ["plan --config FILE [options]"],
      options: [
        OptionSpecification("--config", short: "c", value: "FILE", help: "configuration; - reads the standard input"),
        OptionSpecification("--run", value: "DIR", help: "folder of the coming run, for the disk (default: runs)"),
        OptionSpecification(
          "--set", value: "SECTION.KEY=VALUE", repeatable: true, help: "set an option, over the configuration"),
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
        OptionSpecification("--json", help: "print one JSON object"),
      ],
      details: """
        Looks at all pictures as 'ganctl train' does, makes the networks, and takes a few
        training steps, for at most half a minute. Prints the pictures' sizes and what
        becomes of them, the parameters of each network, the memory, the time of a step
        and of the whole run, and the disk space against what is free. Nothing is
        written. What train would refuse is refused with the same message and status.
        """, hints: .train)
  }

  /// Seconds after which no further step begins.
  private static let limit = 15.0

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let console = context.console
    let path = try arguments.requiredPath("--config")
    try ConfigurationFile.refuseModelName(path)
    var document = try ConfigDocument(file: path)
    for override in arguments.list("--set") { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    try configuration.checkUse(document)
    console.notice("ganctl plan: \(configuration.model.configured.info.title), as \(path) says")
    try console.startEngine(threads: arguments.integer("--threads", in: 1...1024))
    let plan = try TrainCommand.shown(in: console) { display in
      try TrainingPlan(
        configuration, document, place: arguments.path("--run") ?? "runs", limit: limit, phase: display.phase)
    }
    if !plan.unusable.isEmpty { TrainCommand.warn(of: plan.unusable, console) }
    if arguments.flag("--json") {
      console.result(plan.json)
    } else {
      console.result(lines: plan.facts + estimates(plan))
    }
    if let free = plan.diskAvailable, Double(free) < plan.diskBytes {
      console.warning(
        "the run takes more disk space than is free",
        help:
          "keep fewer checkpoints (train.keep_checkpoints, train.epoch_checkpoint_every), or use another disk (--run)")
    }
    return ExitCode.ok.rawValue
  }

  private static func estimates(_ plan: TrainingPlan) -> [String] {
    let available = plan.available.map { ", \(Format.bytes($0)) are available" } ?? ""
    let end = Format.comingDate(Date().timeIntervalSince1970 + plan.seconds)
    let threads = counted(ThreadPool.shared.threads, "thread")
    let disk = plan.diskAvailable.map { "; \(Format.bytes($0)) are free" } ?? ""
    let stages = plan.stages.map { stage in
      "stage:  \(stage.words): \(counted(stage.steps, "step")), \(pace(stage.secondsPerStep)) each"
    }
    let measured = Format.bytes(plan.measuredMemory)
    return stages + [
      "memory: about \(Format.bytes(plan.estimatedMemory)) for the run, by estimate (\(measured) measured in these steps)"
        + available,
      "speed:  \(pace(plan.secondsPerStep)) for a step (mean of \(plan.stepsTaken)), with \(threads)",
      "time:   \(counted(plan.steps, "step")): about \(Format.duration(plan.seconds)); begun now, it ends \(end)",
      "disk:   about \(Format.bytes(Int(min(plan.diskBytes, 1e18)))): "
        + plan.filesInWords { Format.bytes(Int(min($0, 1e18))) } + disk,
    ]
  }

  private static func pace(_ step: Double) -> String {
    step < 0.0995 ? "\(Int((step * 1000).rounded())) ms" : "\(Format.threeDigits(step)) s"
  }
}
