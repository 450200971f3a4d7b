/// One command of the program; each stands in a file of its own in `Commands`.
package protocol Command {
  static var specification: CommandSpecification { get }

  /// Runs the command.
  /// - Returns: the exit status: that of an `ExitCode`, or 128 + the number of a signal that ended the run.
  /// - Throws: `GanError` for everything that a user or a file can cause; its code becomes the exit status.
  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32
}

/// What a command sees of the program around it.
package struct CommandContext {
  /// Where results and messages go.
  package let console: Console
  /// All commands, for help.
  package let table: CommandTable

  package init(console: Console, table: CommandTable) {
    self.console = console
    self.table = table
  }
}
