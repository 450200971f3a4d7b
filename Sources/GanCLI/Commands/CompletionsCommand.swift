import GanBase

/// `ganctl completions`: prints a script that completes commands and options in a shell.
enum CompletionsCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "completions", summary: "Print completions for a shell",
      operands: [
        OperandSpecification("SHELL", help: Completions.Shell.allCases.map(\.rawValue).joined(separator: ", "))
      ],
      details: """
        For the current user:

          ganctl completions bash > ~/.local/share/bash-completion/completions/ganctl
          ganctl completions zsh > ~/.zfunc/_ganctl       (a folder of $fpath)
          ganctl completions fish > ~/.config/fish/completions/ganctl.fish

        The Debian package installs them for all users.
        """)
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let name = arguments.operand("SHELL") ?? ""
    guard let shell = Completions.Shell(rawValue: name) else {
      throw GanError.usage(
        "unknown shell \(quoted(name))",
        help: "there are completions for \(Completions.Shell.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    context.console.result(page: Completions(table: context.table).script(shell))
    return ExitCode.ok.rawValue
  }
}
