import GanBase
import GanConfig
import GanModels
import GanTrain
import GanWeights

extension BenchCommand {
  /// `ganctl bench step`: times whole training steps, and shows where the time goes.
  static func benchStep(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let steps = try arguments.integer("--steps", in: 1...100_000) ?? 10
    let name = try arguments.choice("--model", among: Registry.names) ?? arguments.required("--model")
    try startEngine(arguments, context.console)
    let configured = try configure(name, arguments.list("--set"))
    let sketch = try ModelSketch(configured).model
    let size = try size(of: sketch, arguments), batch = try batch(of: sketch, arguments)
    try StepMemory(configured, .current, StepMemory.Work(batch: batch, size: size))
      .check(batch: "--batch", size: "--size")
    let builder = ModelBuilder(seed: 1)
    let model = try OutOfMemory.guarding { try configured.make(builder) }
    var bench = try StepBench(model, size: size, batch: batch)
    try bench.warmUp()
    let times = try bench.times(steps: steps)
    var report = BenchReport()
    report.add("model", .string(name))
    for (key, value) in [
      ("size", size), ("batch", batch), ("steps", times.count * model.cycleOfSteps), ("cycle", model.cycleOfSteps),
      ("parameters", builder.networks.reduce(0) { $0 + $1.parameterCount }),
    ] { report.add(key, .integer(value)) }
    report.add(milliseconds: times, batch: batch)
    report.addMemory()
    // Profiled in a separate step, so that profiling does not affect the times.
    let profile = try bench.profile()
    report.add("convolution_gflop", .number(rounded(profile.arithmetic / 1e9)))
    report.add("convolution_gflops", .number(rounded(profile.speed / 1e9)))
    report.add("time_share", .object(profile.shares.map { ($0.key, .number(rounded($0.value))) }))
    if arguments.flag("--parallel") {
      report.add(
        parallel: try BenchReport.widths.map { ($0, try bench.parallelProfile(width: $0)) }, cycle: model.cycleOfSteps)
    }
    report.show(on: context.console, asJSON: arguments.flag("--json"))
    return ExitCode.ok.rawValue
  }

  private static func configure(_ name: String, _ overrides: [String]) throws -> ConfiguredModel {
    var document = ConfigDocument(name: "bench")
    for override in overrides { document.override(override) }
    guard let entry = Registry.model(name) else { throw GanError.usage("unknown model \(name)") }
    var configured = entry.configure(&document)
    if let domains = configured.domains, domains.names.isEmpty {
      configured = configured.with(DomainOptions(["a", "b", "c", "d", "e"], domains.kind))
    }
    try document.finish()
    return configured
  }

  private static func size(of model: any ImageTranslator, _ arguments: ParsedArguments) throws -> Int {
    let size = try arguments.integer("--size", in: 8...4096) ?? model.inputs.exactTrainingSize ?? 256
    if let exact = model.inputs.exactTrainingSize, exact != size {
      throw GanError.usage("--size \(size): the model is made for \(exact)", help: "--set model.image_size=\(size)")
    }
    guard model.inputs.pictureRule.allows(size), size >= model.inputs.leastTrainingSize else {
      throw GanError.usage(
        "--size \(size): this model needs a multiple of \(model.inputs.pictureRule.multiple), at least "
          + "\(model.inputs.leastTrainingSize)")
    }
    return size
  }

  private static func batch(of model: any ImageTranslator, _ arguments: ParsedArguments) throws -> Int {
    let rule = model.inputs.batchRule, batch = try arguments.integer("--batch", in: 1...256) ?? rule.least
    guard batch >= rule.least, batch % rule.multiple == 0 else {
      throw GanError.usage("--batch \(batch): this model needs \(rule) pictures per step")
    }
    return batch
  }
}
