import GanBase

/// `ganctl manual`: prints the manual page.
enum ManualCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "manual", summary: "Print the manual page for man",
      details: """
        To read it: ganctl manual | man -l -
        The Debian package installs it as ganctl(1).
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    context.console.result(page: ManualPage(table: context.table).text)
    return ExitCode.ok.rawValue
  }
}
