import GanBase
import GanModels
import GanStore
import GanTensor
import GanTrain
import GanTranslate

/// `ganctl export`: writes weights for other programs.
enum ExportCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "export", summary: "Write weights for PyTorch programs, or ONNX files",
      usage: ["export [CHECKPOINT] -o FILE|FOLDER [options]"],
      operands: [
        OperandSpecification("CHECKPOINT", .optional, help: "checkpoint or run folder (default: the newest run)")
      ],
      options: [
        OptionSpecification(
          "--output", short: "o", value: "OUT",
          help: "file to write (.onnx, .pth, .pt, .ckpt or .safetensors), or folder for the files of all networks"),
        OptionSpecification(
          "--format", value: "onnx|pth|safetensors",
          help: "what to write into a folder (default: safetensors), or into a file whose name does not tell it"),
        OptionSpecification(
          "--direction", value: "AtoB|BtoA",
          help: "which generator, if each has its own file (default: the model's first)"),
        OptionSpecification(
          "--eval", help: "for .onnx: normalize with running statistics, as 'ganctl translate --eval' does"),
        OptionSpecification("--network", value: "NAME", help: "write only this network, such as D_A"),
        .weights,
      ],
      details: """
        A file holds what the official program's own file holds, with the same keys,
        shapes and layouts: one generator (pix2pix, CycleGAN, StarGAN), both generators
        (UNIT, MUNIT), or all networks (the others). If OUT is a folder (it exists, or
        ends in /), the official files of discriminators are written too. In Python:

          weights = torch.load("FILE.pth")
          network.load_state_dict(weights)                          # one network
          gen_a.load_state_dict(weights["a"])                       # one of several

        Or from .safetensors, where the names of several networks begin with "a." and so on:

          from safetensors.torch import load_file
          weights = load_file("FILE.safetensors")
          gen_a.load_state_dict({k[2:]: v for k, v in weights.items() if k[:2] == "a."})

        An .onnx file holds a translation that ONNX Runtime and many other programs
        run: 'input' and 'output' are pictures [N,C,H,W] in -1..1. Styles are inputs
        ('style'), and so are labels of domains or attributes ('label'). Its metadata
        say what else is to be known; docs/export.md explains them.

        'ganctl import' and 'ganctl train --init' read the files back, bit for bit.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let text = try arguments.required("--output"), output = try arguments.requiredPath("--output")
    let (target, network) = (try arguments.direction(), arguments.string("--network"))
    if target != nil, network != nil {
      throw GanError.usage("options --direction and --network cannot be used together", help: "give one of them")
    }
    let isFolder = text.hasSuffix("/") || output.isFolder
    if isFolder, target != nil || network != nil {
      throw GanError.usage(
        "\(output) is a folder, for all networks", help: "leave out --direction and --network, or name a file")
    }
    let checkpoint = try CheckpointLocator.resolve(arguments.operandPath("CHECKPOINT"))
    let format = try ExportFormat(arguments, of: isFolder ? nil : output)
    try requireUse(of: arguments, by: format)
    if !isFolder { try check(output, checkpoint) }
    try context.console.startEngine()
    let trained = try TrainedModel(checkpoint: checkpoint, weights: arguments.weights())
    guard let weights = format.weights else {
      for target in isFolder ? trained.separateTargets : [target ?? trained.defaultTarget] {
        let name = trained.separateTargets.count > 1 ? target.name : trained.info.name
        let file = isFolder ? output.appending("\(name).onnx") : output
        try writeONNX(target, of: trained, to: file, isEvaluation: arguments.flag("--eval"), context.console)
      }
      return ExitCode.ok.rawValue
    }
    if isFolder {
      for export in try trained.exports() {
        let file = output.appending(format.fileName(export, trained))
        try write(export, of: trained, as: weights, to: file, context.console)
      }
    } else {
      let export = try network.map { try trained.export(network: $0) } ?? trained.export(target)
      try write(export, of: trained, as: weights, to: output, context.console)
    }
    return ExitCode.ok.rawValue
  }

  /// - Throws: `GanError` (usage) for options that mean nothing for the format.
  private static func requireUse(of arguments: ParsedArguments, by format: ExportFormat) throws {
    if format == .onnx, arguments.string("--network") != nil {
      throw GanError.usage(
        "option --network: an ONNX file holds a whole translation", help: "choose it with --direction")
    }
    if format != .onnx, arguments.flag("--eval") {
      throw GanError.usage("option --eval: only an ONNX file holds more than weights", help: "leave it out")
    }
  }

  /// Checks the output before anything is computed.
  private static func check(_ output: FilePath, _ checkpoint: FilePath) throws {
    var outputs = OutputGuard()
    outputs.protect(checkpoint: checkpoint)
    try outputs.check(output)
    try OutputFile.checkPlaces([output])
  }

  private static func write(
    _ export: TrainedModel.Export, of trained: TrainedModel, as format: WeightFormat, to output: FilePath,
    _ console: Console
  ) throws {
    try check(output, trained.path)
    try OutputFile.makeParent(of: output)
    let count = try trained.write(export, as: format, to: output, program: Program.version)
    console.notice(
      "\(trained.info.title), \(export.names.joined(separator: ", ")): \(counted(count, "tensor")) of \(trained.path)"
        + (trained.isAveraged ? ", averaged weights" : ""))
    if !trained.departures.isEmpty {
      console.notice(
        "the official program has no networks with \(trained.departures.joined(separator: ", ")): it cannot load this")
    }
    if !export.leftOut.isEmpty {
      console.notice("left out, because the weights are random: \(export.leftOut.joined(separator: ", "))")
    }
    console.result(output.shown)
  }

  private static func writeONNX(
    _ target: TranslationTarget, of trained: TrainedModel, to output: FilePath, isEvaluation: Bool, _ console: Console
  ) throws {
    try check(output, trained.path)
    try OutputFile.makeParent(of: output)
    let written = try trained.writeONNX(target, isEvaluation: isEvaluation, to: output, program: Program.version)
    let direction = trained.separateTargets.count > 1 ? ", \(target.name)" : ""
    console.notice(
      "\(trained.info.title)\(direction): \(counted(written.nodes, "node")) for pictures with \(written.pictures)"
        + (trained.isAveraged ? ", averaged weights" : ""))
    if written.leavesOutDropout {
      console.notice(
        "without the dropout that 'ganctl translate' draws: results are those of 'ganctl translate --dropout=off'")
    }
    console.result(output.shown)
  }
}
