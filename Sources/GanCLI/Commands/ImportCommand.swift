import GanBase
import GanModels
import GanStore
import GanTensor
import GanTrain
import GanTranslate
import GanWeights

/// `ganctl import`: makes a checkpoint from weights of official programs.
enum ImportCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "import", summary: "Make a checkpoint from PyTorch weights",
      usage: ["import FILE... --config CONFIG -o CHECKPOINT [options]"],
      operands: [
        OperandSpecification("FILE", .oneOrMore, help: "weights as the official program saved them, or .safetensors")
      ],
      options: [
        OptionSpecification(
          "--config", short: "c", value: "CONFIG", help: "configuration whose section model describes the networks"),
        OptionSpecification("--output", short: "o", value: "CHECKPOINT", help: "checkpoint to write (.safetensors)"),
        OptionSpecification(
          "--direction", value: "AtoB|BtoA",
          help: "which generator FILE holds, if its name and tensors do not say (default: the model's first)"),
        OptionSpecification("--seed", value: "N", help: "random seed for networks that no FILE holds (default: 1)"),
      ],
      details: details)
  }

  private static let details = """
    FILE is what the official program wrote: latest_net_G_A.pth, gen_00100000.pt,
    NAME_params_0100000.pt, 01199.pth, 200000-G.ckpt. A file with one network is
    recognised by its name or its tensors; if neither is enough, write the network's
    name before it, as below. Dictionaries such as {"state_dict": ...} and the prefix
    `module.` are handled. Files are read as data: no code in them is run.

      ganctl import latest_net_G_A.pth latest_net_G_B.pth -c cyclegan.yaml -o m.safetensors
      ganctl import G_A=a.pth G_B=b.pth -c cyclegan.yaml -o m.safetensors

    The checkpoint is for translate and export. Networks that no FILE holds have
    random weights, which translate and export refuse to use; 'ganctl inspect'
    lists them. To continue training, start a new run with ganctl train --init.

    For the published weights of pix2pix: generator unet_256, norm batch, dropout
    true. For those of CycleGAN: generator resnet_9blocks, norm instance, dropout
    false.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let files = arguments.operandPaths("FILE")
    let configuration = try arguments.requiredPath("--config"), output = try arguments.requiredOutput("--output")
    try ConfigurationFile.refuseModelName(configuration) {
      "without pictures, a file with this line is enough: model: {name: \($0)}"
    }
    let target = try arguments.direction()
    let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    try OutputFile.requireEnding("safetensors", of: output)
    let inputs = files + files.map(\.withoutNetwork)
    var outputs = OutputGuard()
    for path in inputs { outputs.protect(path, "an input") }
    outputs.protect(configuration, "the configuration")
    try outputs.check(output)
    try OutputFile.checkPlaces([output])
    try context.console.startEngine()
    let weights = try ImportedWeights(files: files, configuration: configuration, target: target, seed: seed)
    try OutputFile.makeParent(of: output)
    try weights.writeCheckpoint(to: output, program: Program.version)
    tell(weights, context.console)
    context.console.result(output.shown)
    return ExitCode.ok.rawValue
  }

  private static func tell(_ weights: ImportedWeights, _ console: Console) {
    let report = weights.report
    console.notice(weights.model.configured.info.title)
    for (name, origin) in report.networks { console.notice("  \(name): \(origin)") }
    if report.dropped > 0 {
      console.notice("left out: \(counted(report.dropped, "running statistic")) of norms that have none")
    }
    if report.supplied > 0 {
      console.notice("set to 0: \(counted(report.supplied, "batch counter")) missing from the files")
    }
    if report.optimizerTensors > 0 {
      console.notice("left out: \(counted(report.optimizerTensors, "tensor")) of optimizers")
    }
    for (target, missing) in report.impossible {
      console.warning(
        "cannot translate \(target): \(missing)", help: "also give \(missing.files)")
    }
  }

}
