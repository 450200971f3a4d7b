import Foundation
import GanBase
import GanParity
import GanStore
import GanTensor

/// `ganctl verify`: compares this program's numbers with the official program's.
enum VerifyCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "verify", summary: "Compare a model's numbers with the official program's",
      operands: [OperandSpecification("DIR", .oneOrMore, help: "folders with spec.json and three .safetensors files")],
      options: [
        OptionSpecification("--dump", value: "FILE", help: "write all computed values as safetensors (one DIR only)"),
        OptionSpecification("--double", help: "compute in Float64"),
        .precision,
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
      ],
      details: """
        A folder holds spec.json (the model and its options), weights.safetensors (initial
        weights), inputs.safetensors (pictures and random draws of each step) and
        expected.safetensors (what the official program computed: forward passes, losses,
        gradients, weights after the last step). The exit status is 0 if all values are
        within their limits, else 1. The limits are made for fp32; with --precision high or
        medium they are wider: see docs/precision.md.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let folders = arguments.operandPaths("DIR")
    let dump = try arguments.outputPath("--dump")
    if dump != nil, folders.count > 1 { throw GanError.usage("--dump takes one folder, found \(folders.count)") }
    if let dump { try check(dump, folders) }
    try context.console.startEngine(threads: arguments.integer("--threads", in: 1...1024))
    if arguments.flag("--double"), let word = arguments.string("--precision"), word != Precision.highest.rawValue {
      throw GanError.usage("--double and --precision \(word) cannot be used together", help: "leave out one of them")
    }
    let precision = try arguments.precision(context.console)
    let type: ElementType = arguments.flag("--double") ? .float64 : .float32
    var allPassed = true
    for folder in folders {
      let (model, fixture) = try OutOfMemory.guarding { try FixtureFolder.read(folder) }
      let run = try Precision.with(precision) { try OutOfMemory.guarding { try model.replay(fixture, type) } }
      if let dump { try write(run, to: dump) }
      let report = try OutOfMemory.guarding { ParityReport(run, fixture, precision.parityWidening) }
      context.console.result("\(folder): \(model.info.title)")
      context.console.result(table(report))
      if report.rows.isEmpty { context.console.warning("\(folder): there are no values to compare with") }
      for key in report.missing.prefix(10) { context.console.warning("not computed: \(key)") }
      allPassed = allPassed && report.passed
    }
    context.console.result(allPassed ? "verified" : "NOT verified")
    return (allPassed ? ExitCode.ok : .failed).rawValue
  }

  /// Checks the output path before hours of work.
  private static func check(_ dump: FilePath, _ folders: [FilePath]) throws {
    try OutputFile.requireEnding("safetensors", of: dump)
    var outputs = OutputGuard()
    for folder in folders { outputs.protect(contentOf: folder, "a file of the folder to verify") }
    try outputs.check(dump, option: "--dump")
    try OutputFile.checkPlaces([dump])
  }

  private static func table(_ report: ParityReport) -> TextTable {
    var table = TextTable([
      ("group", .leading), ("tensors", .trailing), ("measure", .leading), ("largest", .trailing), ("limit", .trailing),
      ("verdict", .leading), ("where", .leading),
    ])
    for row in report.rows {
      table.add([
        row.group, "\(row.tensors)", row.measure, String(format: "%.2e", row.largest),
        String(format: "%.0e", row.limit),
        row.passed ? "ok" : "FAIL", row.worst,
      ])
    }
    if !report.missing.isEmpty {
      table.add(["not computed", "\(report.missing.count)", "", "", "", "FAIL", report.missing[0]])
    }
    return table
  }

  private static func write(_ run: ParityRun, to path: FilePath) throws {
    let sources = try OutOfMemory.guarding {
      run.values.sorted { $0.key < $1.key }.map { TensorSource($0.key, $0.value.converted(to: .float32)) }
    }
    try OutputFile.makeParent(of: path)
    try SafetensorsWriter.write(to: path, tensors: sources, metadata: [:])
  }
}
