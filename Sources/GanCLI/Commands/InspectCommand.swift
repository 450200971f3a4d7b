import Foundation
import GanBase
import GanStore
import GanTrain

/// `ganctl inspect`: shows what is in a checkpoint.
enum InspectCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "inspect", summary: "Show what is in a checkpoint",
      operands: [
        OperandSpecification("CHECKPOINT", .optional, help: "a checkpoint or a run (default: the newest run in runs/)")
      ],
      options: [
        OptionSpecification("--tensors", help: "list every tensor"),
        OptionSpecification("--config", help: "print the configuration alone, as YAML"),
        OptionSpecification("--json", help: "print all as one JSON object"),
      ],
      details: """
        All checksums of the file are verified. 'ganctl train --config' accepts the
        configuration that --config prints, and starts the same run from the beginning.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let (config, json) = (arguments.flag("--config"), arguments.flag("--json"))
    if config, json {
      throw GanError.usage("--config and --json cannot be used together", help: "--json includes the configuration")
    }
    let summary = try CheckpointSummary(path: CheckpointLocator.resolve(arguments.operandPath("CHECKPOINT")))
    if json {
      context.console.result(summary.json(tensors: arguments.flag("--tensors")))
    } else if config {
      guard let text = summary.config else {
        throw GanError.checkpoint("it holds no configuration", at: summary.path)
      }
      context.console.result(page: text)
    } else {
      let tables = [facts(summary), groups(summary)] + (arguments.flag("--tensors") ? [tensors(summary)] : [])
      context.console.result(lines: Array(tables.map(\.lines).joined(separator: [""])))
    }
    return ExitCode.ok.rawValue
  }

  private static func facts(_ summary: CheckpointSummary) -> TextTable {
    var table = TextTable([.leading, .leading])
    table.add(["checkpoint", "\(summary.path) (\(Format.bytes(summary.bytes)))"])
    if let model = summary.model { table.add(["model", model]) }
    if let step = summary.step { table.add(["step", "\(step)"]) }
    if let stage = summary.stage { table.add(["stage", stage]) }
    if let epochs = summary.epochs {
      let rest = summary.picturesOfEpoch ?? 0
      table.add(["epochs", "\(epochs) complete" + (rest > 0 ? ", \(counted(rest, "picture")) of the next" : "")])
    }
    for optimizer in summary.optimizers {
      let steps = counted(optimizer.steps, "step")
      table.add(["optimizer \(optimizer.name)", "\(steps), learning rate \(optimizer.learningRate)"])
    }
    if let updates = summary.updatesOfAverages {
      table.add(["averaged weights", "\(counted(updates, "update")); used for translations (--weights)"])
    }
    if let probability = summary.augmentationProbability {
      table.add(["diff_augment", "applied with probability \(String(format: "%.4f", probability))"])
    }
    for change in summary.changes {
      for option in change.options { table.add(["changed", "after step \(change.step): \(option)"]) }
    }
    if let program = summary.program { table.add(["written by", "ganctl \(program)"]) }
    if let engine = summary.engine { table.add(["computed with", engine]) }
    if let reason = summary.engineReason { table.add(["OpenBLAS kernels", reason]) }
    return table
  }

  private static func groups(_ summary: CheckpointSummary) -> TextTable {
    var table = TextTable([
      ("part", .leading), ("tensors", .trailing), ("numbers", .trailing), ("size", .trailing), ("weights", .leading),
    ])
    for group in summary.groups {
      table.add([
        group.name, "\(group.tensors)", "\(group.elements)", Format.bytes(group.bytes),
        summary.origin(of: group)?.description ?? "",
      ])
    }
    return table
  }

  private static func tensors(_ summary: CheckpointSummary) -> TextTable {
    var table = TextTable([("tensor", .leading), ("type", .leading), ("shape", .leading), ("size", .trailing)])
    for tensor in summary.tensors {
      let shape = tensor.shape.map(String.init).joined(separator: "x")
      table.add([tensor.name, tensor.type.rawValue, shape.isEmpty ? "scalar" : shape, Format.bytes(tensor.byteCount)])
    }
    return table
  }
}
