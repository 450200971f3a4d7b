import GanBase
import GanMetrics
import GanTensor

extension BenchCommand {
  /// `ganctl bench inception`: the network behind the FID, with random weights.
  static func benchInception(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let batch = try arguments.integer("--batch", in: 1...256) ?? 8
    let steps = try arguments.integer("--steps", in: 1...100_000) ?? 10
    try startEngine(arguments, context.console)
    let times = try OutOfMemory.guarding { try inceptionTimes(batch: batch, steps: steps) }
    var report = BenchReport()
    report.add("model", .string("inception"))
    for (key, value) in [("size", InceptionNetwork.side), ("batch", batch), ("steps", steps)] {
      report.add(key, .integer(value))
    }
    report.add(milliseconds: times, batch: batch)
    report.addMemory()
    report.show(on: context.console, asJSON: arguments.flag("--json"))
    return ExitCode.ok.rawValue
  }

  /// Milliseconds of each step.
  private static func inceptionTimes(batch: Int, steps: Int) throws -> [Double] {
    var random = RandomStream(seed: 3)
    let network = try InceptionNetwork { key, shape in
      let count = shape.reduce(1, *)
      if key.hasSuffix("running_var") { return [Float](repeating: 1, count: count) }
      let spread = (6 / Float(shape.dropFirst().reduce(1, *))).squareRoot()
      return (0..<count).map { _ in random.uniform(-spread, spread) }
    }
    let side = InceptionNetwork.side
    let pictures = BorderedMap(images: batch, height: side, width: side, channels: 3)
    for image in 0..<batch { pictures.assign((0..<side * side * 3).map { _ in random.uniform(-1, 1) }, to: image) }
    for _ in 0..<2 { _ = network(pictures) }
    return (0..<steps).map { _ in milliseconds { _ = network(pictures) } }
  }
}
