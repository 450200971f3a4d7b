import GanBase
import GanTensor

/// The commands of the program, and further help pages.
package struct CommandTable {
  /// A help page that `ganctl help NAME` shows, such as the options of a model.
  package struct Topic {
    package let name: String
    package let summary: String
    package let text: () -> String

    package init(_ name: String, summary: String, text: @escaping () -> String) {
      self.name = name
      self.summary = summary
      self.text = text
    }
  }

  /// The commands, in the order of the help.
  package let commands: [any Command.Type]
  package let topics: [Topic]

  package init(_ commands: [any Command.Type], topics: [Topic] = []) {
    self.commands = commands
    self.topics = topics
  }

  /// The commands of `ganctl`: a new command is one file in `Commands` and one line here.
  package static var standard: CommandTable {
    CommandTable(
      [
        InitCommand.self,
        DataCommand.self,
        PlanCommand.self,
        TrainCommand.self,
        RunsCommand.self,
        TranslateCommand.self,
        StylizeCommand.self,
        ServeCommand.self,
        EvalFIDCommand.self,
        ReportCommand.self,
        InspectCommand.self,
        ImportCommand.self,
        ExportCommand.self,
        VerifyCommand.self,
        BenchCommand.self,
        DoctorCommand.self,
        CompletionsCommand.self,
        ManualCommand.self,
        HelpCommand.self,
        VersionCommand.self,
      ], topics: ConfigurationTopics.all)
  }

  private var names: [String] { commands.map { $0.specification.name } }

  /// - Throws: `GanError.usage` for an unknown name, with a suggestion.
  func command(_ name: String) throws -> any Command.Type {
    if let command = commands.first(where: { $0.specification.name == name }) { return command }
    throw unknown("command", name, among: names)
  }

  /// The help page for a command or topic.
  /// - Throws: `GanError.usage` for an unknown name, with a suggestion.
  func helpText(_ name: String) throws -> String {
    // A model may be called like a command.
    let command = commands.first { $0.specification.name == name }.map { $0.specification.helpText }
    let pages = [command, topics.first { $0.name == name }?.text()].compactMap { $0 }
    if !pages.isEmpty { return pages.joined(separator: "\n") }
    throw unknown(topics.isEmpty ? "command" : "command or topic", name, among: names + topics.map(\.name))
  }

  private func unknown(_ kind: String, _ name: String, among names: [String]) -> GanError {
    let near = suggestion(for: name, among: names).map { "; did you mean \($0)?" } ?? ""
    return .usage("unknown \(kind) \(quoted(name))\(near)", help: "see 'ganctl help' for the list of commands")
  }

  static var variables: [(String, String)] {
    [
      (
        CPULevel.variable,
        "computes like a CPU of this level, in OpenBLAS too, for instance to continue another machine's run: "
          + "\(CPULevel.names.joined(separator: ", ")); levels differ in speed and rounding (default: the best of this "
          + "CPU, \(CPULevel.current))"
      ),
      (
        BLASCore.variable,
        "kernels that OpenBLAS uses, by its own name for them, such as Haswell; overrides ganctl's choice (default: "
          + "the best that this CPU can run; here \(BLASCore.current.name))"
      ),
    ]
  }

  /// The page that `ganctl` shows without arguments.
  var overview: String {
    var text = """
      ganctl \(Program.version): trains image-to-image GANs on the CPU, applies and measures them

      usage:
        ganctl COMMAND [options]

      commands:

      """
    text += definitionList(commands.map { ($0.specification.name, $0.specification.summary) })
    if !topics.isEmpty { text += "\npages of help:\n" + definitionList(topics.map { ($0.name, $0.summary) }) }
    text += "\noptions:\n" + definitionList([("-h, --help", "show this help"), ("    --version", "show the version")])
    text += "\nenvironment:\n" + definitionList(Self.variables)
    return text + "\n'ganctl help COMMAND' explains a command.\n"
  }
}
