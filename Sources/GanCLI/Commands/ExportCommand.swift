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
      "export", summary: "Write weights for PyTorch programs",
      usage: ["export [CHECKPOINT] -o FILE|FOLDER [options]"],
      operands: [
        OperandSpecification("CHECKPOINT", .optional, help: "checkpoint or run folder (default: the newest run)")
      ],
      options: [
        OptionSpecification(
          "--output", short: "o", value: "OUT",
          help: "file to write (.pth, .pt, .ckpt or .safetensors), or folder for the files of all networks"),
        OptionSpecification(
          "--format", value: "pth|safetensors",
          help: "what to write into a folder (default: safetensors), or into a file whose name does not tell it"),
        OptionSpecification(
          "--direction", value: "AtoB|BtoA",
          help: "which generator, if each has its own file (default: the model's first)"),
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
    let format = try format(arguments, of: isFolder ? nil : output)
    if !isFolder { try check(output, checkpoint) }
    try context.console.startEngine()
    let trained = try TrainedModel(checkpoint: checkpoint, weights: arguments.weights())
    if isFolder {
      for export in try trained.exports() {
        let file = output.appending(fileName(export, format, trained))
        try write(export, of: trained, as: format, to: file, context.console)
      }
    } else {
      let export = try network.map { try trained.export(network: $0) } ?? trained.export(target)
      try write(export, of: trained, as: format, to: output, context.console)
    }
    return ExitCode.ok.rawValue
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

  /// The official name without the placeholder for steps: `gen.pt` or `gen.safetensors` for `gen_*.pt`.
  private static func fileName(_ export: TrainedModel.Export, _ format: WeightFormat, _ trained: TrainedModel) -> String
  {
    let stem = export.file.prefix { $0 != "." }.filter { $0 != "*" }
    let name = stem.drop { "_-".contains($0) }.reversed().drop { "_-".contains($0) }.reversed()
    let ending = export.file.split(separator: ".").last.map(String.init) ?? ""
    return (name.isEmpty ? trained.info.name : String(name)) + "."
      + (format.endings.contains(ending) ? ending : format.endings[0])
  }

  /// What to write: what the ending of the file says, or `--format`.
  /// - Parameter file: nil for a folder.
  /// - Throws: `GanError` (usage) if the ending is of nothing that is written, or the two differ.
  private static func format(_ arguments: ParsedArguments, of file: FilePath?) throws -> WeightFormat {
    let wanted = try arguments.choice("--format", as: WeightFormat.self)
    guard let file, !file.ending.isEmpty else { return wanted ?? .safetensors }
    let endings = (wanted.map { [$0] } ?? WeightFormat.allCases).flatMap(\.endings)
    guard endings.contains(file.ending),
      let format = WeightFormat.allCases.first(where: { $0.endings.contains(file.ending) })
    else {
      let stem = file.stem ?? "weights"
      let help = endings.map { "\(stem).\($0)" }.joined(separator: ", ")
      guard let wanted else {
        throw GanError.usage(".\(file.ending) files are not written", at: file, help: "name it \(help)")
      }
      throw GanError.usage(
        "option --format \(wanted.rawValue) does not go with a .\(file.ending) file", at: file, help: "name it \(help)")
    }
    return format
  }
}
