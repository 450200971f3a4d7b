import GanBase
import GanModels
import GanTensor

/// `ganctl bench`: whole training steps, single layers, or the network behind the FID, on random pictures; and the
/// loading of pictures.
enum BenchCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "bench", summary: "Measure the speed of this machine",
      usage: [
        "bench step --model NAME [--size S] [--batch N] [options]",
        "bench layers [--model NAME] [--layer TEXT] [options]", "bench inception [--batch N] [options]",
        "bench data PATH [--size S] [options]",
      ],
      operands: [
        OperandSpecification(
          "WHAT", .one,
          help: "step: whole training steps; layers: the models' convolutions one by one; inception: the network "
            + "behind the FID, forward; data: the loading of pictures"),
        OperandSpecification("PATH", .optional, help: "data: a folder of pictures, or a configuration"),
      ],
      options: [
        OptionSpecification("--model", value: "NAME", help: "one of \(Registry.names.joined(separator: ", "))"),
        OptionSpecification(
          "--size", value: "S", help: "height and width of pictures (default 256, or the model's; data: 128)"),
        OptionSpecification(
          "--batch", value: "N",
          help: "pictures per step (default: the smallest allowed number, usually 1; inception: 8)"),
        OptionSpecification("--layer", value: "TEXT", help: "layers: only those with TEXT in their names"),
        OptionSpecification(
          "--steps", value: "K", help: "measurements after warming up (default 10; layers, data: 5)"),
        .precision,
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores; data: 1)"),
        OptionSpecification("--set", value: "KEY=VALUE", repeatable: true, help: "an option, as in a configuration"),
        OptionSpecification(
          "--parallel", help: "step: also how a step divides among threads, and what more cores would gain"),
        OptionSpecification("--json", help: "print the result as JSON"),
      ],
      details: details)
  }

  private struct Bench: Sendable {
    let name: String
    /// Options in addition to those of all benches.
    let options: Set<String>
    let run: @Sendable (ParsedArguments, CommandContext) throws -> Int32
  }

  private static let benches = [
    Bench(
      name: "step", options: ["--model", "--size", "--batch", "--set", "--precision", "--parallel"],
      run: benchStep),
    Bench(name: "layers", options: ["--model", "--layer", "--precision"], run: benchLayers),
    Bench(name: "inception", options: ["--batch"], run: benchInception),
    Bench(name: "data", options: ["--size", "--batch", "--set"], run: benchData),
  ]

  private static let details = """
    step prints the median, least and greatest time of a step, the peak memory, and the
    share of time of each kind of kernel. If a model's steps differ (drit, dritpp,
    stargan), a time is the mean over a cycle of steps. --parallel times every block
    of work on one thread, three times, and predicts how much of 2 to 64 cores a step
    would use if they were all as fast as this one.

    layers prints for each convolution of pix2pix, CycleGAN, UNIT, NICE-GAN, DRIT and
    StarGAN, at the papers' sizes, and for its two gradients: the algorithm, the time,
    the speed (additions and multiplications of the plain algorithm), its share of the
    fastest fp32 arithmetic measured on this machine, and the error compared with
    Float64, relative to the largest value.

    data prints how long it takes to decode, resize, augment (crop and mirror) and
    convert one picture, in microseconds of CPU time of one thread, and how many pictures
    that makes per second and core; then what the loader makes of it with --threads. A
    folder's pictures are scaled to 286/256 of --size and cropped. One measurement takes
    up to 256 of them.

    Except for data, all pictures and weights are random. Run nothing else at the same
    time, and compare only figures from one run.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let name = arguments.operand("WHAT") ?? ""
    guard let bench = benches.first(where: { $0.name == name }) else {
      throw GanError.usage(
        "unknown bench \(quoted(name))", help: "there are: \(benches.map(\.name).joined(separator: ", "))")
    }
    let common: Set = ["--steps", "--threads", "--json"]
    for option in specification.options.map(\.name) where arguments.flag(option) {
      guard common.union(bench.options).contains(option) else {
        throw GanError.usage(
          "\(option) cannot be used with 'bench \(name)'",
          help: "it has \(common.union(bench.options).sorted().joined(separator: ", "))")
      }
    }
    if name != "data", let path = arguments.operand("PATH") {
      throw GanError.usage("'bench \(name)' takes no \(quoted(path))", help: "only 'bench data' takes a path")
    }
    return try bench.run(arguments, context)
  }

  /// Starts the engine; benches call it after checking their arguments.
  static func startEngine(_ arguments: ParsedArguments, _ console: Console) throws {
    try console.startEngine(threads: arguments.integer("--threads", in: 1...1024))
    Precision.use(try arguments.precision(console))
  }
}
