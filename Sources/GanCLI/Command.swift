/// A command of the program; each has its own file in `Commands`.
package protocol Command {
  static var specification: CommandSpecification { get }

  /// Runs the command.
  /// - Returns: the exit status: an `ExitCode`, or 128 + the number of the signal that ended the run.
  /// - Throws: `GanError` for all errors that a user or a file can cause; its code becomes the exit status.
  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32
}

/// The environment of a command.
package struct CommandContext {
  /// Receives results and messages.
  package let console: Console
  /// All commands, for the help texts.
  package let table: CommandTable

  package init(console: Console, table: CommandTable) {
    self.console = console
    self.table = table
  }
}
