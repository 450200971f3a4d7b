import GanBase

/// `ganctl help [COMMAND]`
enum HelpCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "help", summary: "Show help, for one command or for all",
      operands: [OperandSpecification("COMMAND", .optional, help: "the command to explain")])
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let page = try arguments.operand("COMMAND").map(context.table.helpText) ?? context.table.overview
    context.console.result(page: page)
    return ExitCode.ok.rawValue
  }
}
