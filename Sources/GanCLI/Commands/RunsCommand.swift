import Foundation
import GanBase
import GanStore
import GanTrain

/// `ganctl runs`: lists training runs.
enum RunsCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "runs", summary: "List training runs",
      operands: [OperandSpecification("FOLDER", .optional, help: "a folder of runs, or a run (default: runs)")],
      options: [OptionSpecification("--json", help: "print a JSON array with an object for each run")],
      details: """
        The newest run comes first. Its state is one of these:

          training     a process is training it now
          finished     all epochs, train.steps or train.minutes are done
          interrupted  stopped by a signal, or killed; --resume continues it
          failed       ended with an error, such as a full disk; --resume continues it
          diverged     a loss was not finite; its last good checkpoint is there
          damaged      its files cannot be read

        The score is that of the best evaluation so far (eval.every). The size is that of
        all files in the folder of the run.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let given = arguments.operandPath("FOLDER"), folder = given ?? "runs"
    // Nobody has trained yet where the usual folder is missing.
    let runs = given == nil && !folder.exists ? [] : try RunList.read(folder)
    if arguments.flag("--json") {
      context.console.result(.array(runs.map(\.json)))
      return ExitCode.ok.rawValue
    }
    if !runs.isEmpty { context.console.result(table(runs)) }
    for run in runs {
      if let problem = run.problem { context.console.notice("\(run.name): \(problem)") }
    }
    let isOne = given != nil && runs.count == 1 && runs.first?.path == folder
    if !isOne { context.console.notice("\(counted(runs.count, "run")) in \(folder)") }
    return ExitCode.ok.rawValue
  }

  private static func table(_ runs: [RunSummary]) -> TextTable {
    var table = TextTable([
      ("run", .leading), ("model", .leading), ("state", .leading), ("steps", .trailing), ("best score", .leading),
      ("size", .trailing), ("changed", .leading),
    ])
    for run in runs {
      let isKnown = run.state != .damaged
      let steps = run.allSteps.map { "\(run.step) of \($0)" } ?? "\(run.step)"
      table.add([
        run.name, run.model ?? "?", run.state.rawValue, isKnown ? steps : "?",
        run.best.map { "\($0.measure) \(Format.fiveDigits($0.value))" } ?? "-", Format.bytes(run.bytes),
        Format.date(run.changed),
      ])
    }
    return table
  }
}
