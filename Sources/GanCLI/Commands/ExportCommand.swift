import GanBase
import GanModels
import GanStore
import GanTensor
import GanTrain

/// `ganctl export`: a generator's weights for other programs.
enum ExportCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "export", summary: "Write a generator's weights for PyTorch programs",
      usage: ["export [CHECKPOINT] -o FILE [options]"],
      operands: [
        OperandSpecification("CHECKPOINT", .optional, help: "checkpoint or run folder (default: the newest run)")
      ],
      options: [
        OptionSpecification("--output", short: "o", value: "FILE", help: "file to write (.safetensors)"),
        OptionSpecification("--direction", value: "AtoB|BtoA", help: "which generator (default: the model's first)"),
      ],
      details: """
        Keys, shapes and layouts are those of the official programs' state_dict. In
        Python:

          from safetensors.torch import load_file
          network.load_state_dict(load_file("FILE"))

        'ganctl import' reads the file back, bit for bit.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let output = try arguments.required("--output")
    let target = try arguments.direction()
    let checkpoint = try CheckpointLocator.resolve(arguments.operand("CHECKPOINT"))
    try OutputFile.check(output, notOneOf: [checkpoint])
    Engine.start()
    let trained = try TrainedModel(checkpoint: checkpoint)
    _ = try trained.generator(target)
    try OutputFile.makeParent(of: output)
    let count = try trained.exportGenerator(target, to: output, program: Program.version)
    let direction = (target ?? trained.defaultTarget).name
    context.console.notice("\(trained.info.title), \(direction), \(count) tensors of \(checkpoint)")
    context.console.result(output)
    return ExitCode.ok.rawValue
  }
}
