import GanBase
import GanReport
import GanStore
import GanTrain

/// `ganctl report`: shows runs on a page.
enum ReportCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "report", summary: "Show a run on a page, or compare runs",
      operands: [
        OperandSpecification("RUN", .any, help: "run folders, or their names in runs/ (default: the newest run)")
      ],
      options: [
        OptionSpecification(
          "--output", short: "o", value: "FILE",
          help: "the page, an .html (default: report.html in the folder of the run; of several, in the current folder)")
      ],
      details: """
        The page shows the losses, the metrics with the best value marked, the learning
        rate, the sample sheets as a film strip, the configuration, the machine, errors
        and notices. Of several runs it lays the curves over each other, and lists the
        options that differ. It is one file that needs no network; open it in a browser.

        'ganctl train' writes it too: after each evaluation, with each sample sheet, and
        at the end. A run can be shown while it is being trained.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let given = arguments.operandPaths("RUN")
    var runs: [FilePath] = []
    for run in try given.isEmpty ? [CheckpointLocator.run(nil)] : given.map({ try CheckpointLocator.run($0) })
    where !runs.contains(run) {
      runs.append(run)
    }
    let own = runs[0].appending("report.html")
    let output = try arguments.outputPath("--output") ?? (runs.count == 1 ? own : "report.html")
    try OutputFile.requireEnding("html", of: output)
    // The page of a run may be replaced by a newer one; nothing else of a run.
    if runs.count > 1 || output != own { try OutputGuard().check(output) }
    try OutputFile.checkPlaces([output])
    let report = try RunReport(runs, state: runs.count == 1 ? RunSummary(runs[0]).state.rawValue : nil)
    try OutputFile.makeParent(of: output)
    try AtomicFile.write(report.html, to: output)
    context.console.result(output.shown)
    return ExitCode.ok.rawValue
  }
}
