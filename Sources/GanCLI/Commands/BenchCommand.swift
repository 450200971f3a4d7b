import Foundation
import GanBase
import GanConfig
import GanModels
import GanTensor

/// `ganctl bench`: whole training steps, or the network behind the FID, on random pictures.
enum BenchCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "bench", summary: "Measure the speed of this machine",
      usage: [
        "bench step --model NAME [--size S] [--batch N] [options]", "bench inception [--batch N] [options]",
      ],
      operands: [
        OperandSpecification(
          "WHAT", .one, help: "step: whole training steps; inception: the network behind the FID, forward")
      ],
      options: [
        OptionSpecification("--model", value: "NAME", help: "one of \(Registry.names.joined(separator: ", "))"),
        OptionSpecification("--size", value: "S", help: "height and width of pictures (default 256, or the model's)"),
        OptionSpecification(
          "--batch", value: "N", help: "pictures in a step (default: the least, mostly 1; inception: 8)"),
        OptionSpecification("--steps", value: "K", help: "steps to measure after two to warm up (default 10)"),
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
        OptionSpecification("--set", value: "KEY=VALUE", repeatable: true, help: "an option, as in a configuration"),
        OptionSpecification("--json", help: "print the result as JSON"),
      ],
      details: """
        Prints the median, least and greatest time of a step, and the memory that was needed. All pictures
        and weights are random. Run it alone on the machine, and compare only figures of one run.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    switch arguments.operand("WHAT") ?? "" {
    case "step": return try benchStep(arguments, in: context)
    case "inception": return try benchInception(arguments, in: context)
    case let other:
      throw GanError.usage("unknown bench \(quoted(other))", help: "there are: step, inception")
    }
  }

  private static func benchStep(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let steps = try arguments.integer("--steps", in: 1...100_000) ?? 10
    Engine.start(threads: try arguments.integer("--threads", in: 1...1024))
    let name = try arguments.choice("--model", among: Registry.names) ?? arguments.required("--model")
    let (configured, builder) = (try configure(name, arguments.list("--set")), ModelBuilder(seed: 1))
    let model = try configured.make(builder)
    let size = try arguments.integer("--size", in: 8...4096) ?? model.exactTrainingSize ?? 256
    if let exact = model.exactTrainingSize, exact != size {
      throw GanError.usage("--size \(size): the model is made for \(exact)", help: "--set model.image_size=\(size)")
    }
    guard model.sizeRule.allows(size), size >= model.leastTrainingSize else {
      throw GanError.usage(
        "--size \(size): this model needs a multiple of \(model.sizeRule.multiple), at least \(model.leastTrainingSize)")
    }
    let rule = model.batchRule, batch = try arguments.integer("--batch", in: 1...256) ?? rule.least
    guard batch >= rule.least, batch % rule.multiple == 0 else {
      throw GanError.usage("--batch \(batch): this model needs \(rule.words) pictures in a step")
    }
    let times = try measure(model, size: size, batch: batch, steps: steps)
    report(times, name, size, batch, context.console, asJSON: arguments.flag("--json"))
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

  /// Milliseconds of each step.
  private static func measure(_ model: any ImageTranslator, size: Int, batch: Int, steps: Int) throws -> [Double] {
    var random = RandomStream(seed: 3)
    func pictures(_ channels: Int) -> Tensor {
      Tensor.uniform([batch, size, size, channels], from: &random) * 2 - 1
    }
    var data = TrainingBatch(a: pictures(model.channels.a), b: pictures(model.channels.b))
    if !model.domains.isEmpty {
      let count = model.domains.count
      let labels = (0..<batch).flatMap { item in (0..<count).map { $0 == item % count ? Float(1) : 0 } }
      data = TrainingBatch(data.a, labels: Tensor(labels, [batch, count]))
    }
    for _ in 0..<2 { _ = try model.trainStep(data) }
    return try (0..<steps).map { _ in try milliseconds { _ = try model.trainStep(data) } }
  }

  static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .milliseconds(1)
  }

  static func report(
    _ times: [Double], _ name: String, _ size: Int, _ batch: Int, _ console: Console, asJSON: Bool
  ) {
    let sorted = times.sorted(), median = sorted[sorted.count / 2]
    let facts: [(String, Any)] = [
      ("model", name), ("size", size), ("batch", batch), ("threads", ThreadPool.shared.threads),
      ("blas_core", BLAS.core), ("steps", times.count), ("median_ms", median), ("least_ms", sorted[0]),
      ("greatest_ms", sorted[sorted.count - 1]), ("images_per_second", Double(batch) * 1e3 / median),
      ("tensor_peak_bytes", MemoryCache.shared.peakBytes),
      ("peak_resident_bytes", Engine.peakResidentBytes),
    ]
    if asJSON {
      let object = Dictionary(uniqueKeysWithValues: facts)
      let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
      console.result(data.map { String(decoding: $0, as: UTF8.self) } ?? "{}")
      return
    }
    var table = TextTable([.leading, .trailing])
    for (key, value) in facts {
      let text = (value as? Double).map { String(format: "%.2f", $0) } ?? "\(value)"
      table.add([key, text])
    }
    console.result(table.text)
  }
}
