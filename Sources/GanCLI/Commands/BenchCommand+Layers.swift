import Foundation
import GanBase
import GanStore
import GanTensor

extension BenchCommand {
  /// `ganctl bench layers`: times the convolutions of the models one by one.
  static func benchLayers(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let steps = try arguments.integer("--steps", in: 1...100_000) ?? 5
    let layers = try chosenLayers(arguments)
    try startEngine(arguments, context.console)
    let peak = PeakSpeed.float32()
    let rows = try LayerRows(layers, steps: steps, peak: peak, context.console)
    var report = BenchReport()
    report.add("peak_gflops", .number(rounded(peak / 1e9)))
    report.add("steps", .integer(steps))
    if arguments.flag("--json") {
      report.add("layers", .array(rows.json))
      report.show(on: context.console, asJSON: true)
    } else {
      report.show(on: context.console, asJSON: false)
      context.console.result("")
      context.console.result(rows.table)
    }
    return ExitCode.ok.rawValue
  }

  private static func chosenLayers(_ arguments: ParsedArguments) throws -> [NamedLayer] {
    let model = try arguments.choice("--model", among: NamedLayer.models)
    let text = arguments.string("--layer") ?? ""
    let ofModel = NamedLayer.all.filter { model == nil || $0.model == model }
    let chosen = ofModel.filter { text.isEmpty || $0.name.localizedStandardContains(text) }
    guard !chosen.isEmpty else {
      throw GanError.usage(
        "no layer has \(quoted(text)) in its name", help: "there are: \(ofModel.map(\.name).joined(separator: ", "))")
    }
    return chosen
  }
}

/// Measurements of each layer and pass.
private struct LayerRows {
  private struct Row {
    let layer: NamedLayer
    let result: LayerBench.Result
    let speed: Double, share: Double
  }
  private var rows: [Row] = []

  init(_ layers: [NamedLayer], steps: Int, peak: Double, _ console: Console) throws {
    // Different models share some shapes.
    var known: [LayerShape: [LayerBench.Result]] = [:]
    for (index, layer) in layers.enumerated() {
      console.progress("layer \(index + 1)/\(layers.count)  \(layer.model) \(layer.name)")
      let results = try known[layer.shape] ?? LayerBench(layer.shape).results(steps: steps)
      known[layer.shape] = results
      rows += results.map { result in
        let speed = result.speed(layer.shape.operations)
        return Row(layer: layer, result: result, speed: speed, share: speed / peak)
      }
    }
    console.endProgress()
  }

  var table: TextTable {
    var table = TextTable([
      ("model", .leading), ("layer", .leading), ("shape", .leading), ("pass", .leading), ("algorithm", .leading),
      ("ms", .trailing), ("GF/s", .trailing), ("of peak", .trailing), ("error", .trailing),
    ])
    for row in rows {
      table.add([
        row.layer.model, row.layer.name, row.layer.shape.text, row.result.pass.description, row.result.algorithm,
        String(format: "%.3f", median(row.result.milliseconds)),
        String(format: "%.1f", row.speed / 1e9), String(format: "%.0f%%", row.share * 100),
        String(format: "%.1e", row.result.error),
      ])
    }
    return table
  }

  var json: [JSONValue] {
    rows.map { row in
      let shape = row.layer.shape
      return .object([
        ("model", .string(row.layer.model)), ("layer", .string(row.layer.name)), ("batch", .integer(shape.batch)),
        ("size", .integer(shape.size)), ("inputs", .integer(shape.inputs)), ("outputs", .integer(shape.outputs)),
        ("kernel", .integer(shape.kernel)), ("stride", .integer(shape.stride)), ("padding", .integer(shape.padding)),
        ("mode", .string(shape.mode.rawValue)), ("transposed", .bool(shape.isTransposed)),
        ("pass", .string(row.result.pass.rawValue)), ("algorithm", .string(row.result.algorithm)),
        ("median_ms", .number(median(row.result.milliseconds))),
        ("least_ms", .number(row.result.milliseconds[0])), ("gflops", .number(rounded(row.speed / 1e9))),
        ("share_of_peak", .number(rounded(row.share))), ("error", .number(row.result.error)),
      ])
    }
  }
}
