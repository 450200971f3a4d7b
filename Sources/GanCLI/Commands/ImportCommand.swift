import GanBase
import GanModels
import GanTensor
import GanTrain

/// `ganctl import`: weights of official programs become a checkpoint.
enum ImportCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "import", summary: "Make a checkpoint from a generator's PyTorch weights",
      usage: ["import FILE --config CONFIG -o CHECKPOINT [options]"],
      operands: [OperandSpecification("FILE", help: "weights of one generator: .pth (torch.save) or .safetensors")],
      options: [
        OptionSpecification("--config", short: "c", value: "CONFIG", help: "configuration whose section model fits"),
        OptionSpecification("--output", short: "o", value: "CHECKPOINT", help: "checkpoint to write (.safetensors)"),
        OptionSpecification(
          "--direction", value: "AtoB|BtoA", help: "which generator it is (default: the model's first)"),
        OptionSpecification("--seed", value: "N", help: "for the weights of the other networks (default: 1)"),
      ],
      details: """
        FILE is a state_dict as pytorch-CycleGAN-and-pix2pix writes it
        (latest_net_G.pth), with or without the prefix `module.` on its keys. It is read
        as data: nothing in it is run. The checkpoint serves translate and export; the
        networks that FILE does not hold are random, and there is no state of a training
        to resume.

        For the published weights of pix2pix: generator unet_256, norm batch, dropout
        true. For those of CycleGAN: generator resnet_9blocks, norm instance, dropout
        false.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let path = arguments.operand("FILE") ?? ""
    let (configuration, output) = (try arguments.required("--config"), try arguments.required("--output"))
    let target = try arguments.direction()
    let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
    try OutputFile.check(output, notOneOf: [path, configuration])
    Engine.start()
    let weights = try ImportedWeights(file: path, configuration: configuration, target: target, seed: seed)
    try OutputFile.makeParent(of: output)
    try weights.writeCheckpoint(to: output, program: Program.version)
    if !weights.dropped.isEmpty {
      context.console.notice("left out: \(count(weights.dropped, "running statistic")) of norms that have none")
    }
    if !weights.supplied.isEmpty {
      context.console.notice("begin at 0: \(count(weights.supplied, "counter")) of batches that the file lacks")
    }
    let info = weights.model.configured.info
    context.console.notice("\(info.title), \(weights.target.name): \(path)")
    context.console.result(output)
    return ExitCode.ok.rawValue
  }

  private static func count(_ keys: [String], _ what: String) -> String {
    "\(keys.count) \(what)\(keys.count == 1 ? "" : "s")"
  }
}
