import GanBase

/// `ganctl doctor`: checks whether and how well training can run on this machine.
enum DoctorCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "doctor", summary: "Check this machine, and say what would be faster",
      options: [OptionSpecification("--json", help: "print one JSON object")],
      details: """
        Shows the processor and the kernels that compute on it, threads, memory, the disk
        of the current folder, limits and settings, and advice. Nothing stays written. The
        exit status is 0 if training can run here, and otherwise 5.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let console = context.console, report = MachineReport()
    if arguments.flag("--json") {
      console.result(report.json)
    } else {
      var table = TextTable([.leading, .leading])
      for (name, value) in report.facts { table.add([name, value]) }
      console.result(table)
      for (index, sentence) in report.advice.enumerated() {
        let lines = wrap(sentence, width: 78)
        console.result(lines: (index == 0 ? [""] : []) + lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 })
      }
    }
    if report.problems.isEmpty { return ExitCode.ok.rawValue }
    throw GanError(.environment, report.problems)
  }
}
