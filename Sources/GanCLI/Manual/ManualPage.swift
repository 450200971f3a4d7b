import GanBase

/// The manual page `ganctl.1`, written from the command table.
struct ManualPage {
  let table: CommandTable

  /// The page in the language of `man`.
  var text: String {
    var lines = [
      ".\\\" Written by 'ganctl manual'.", ".TH GANCTL 1 \"\" \"ganctl \(Program.version)\" \"User Commands\"",
      ".SH NAME", "ganctl \\- train image\\-to\\-image GANs on the CPU, apply and measure them",
      ".SH SYNOPSIS", ".B ganctl", ".I COMMAND", "[options]",
      ".SH DESCRIPTION", plain(Self.description),
      ".SH COMMANDS",
    ]
    for command in table.commands { lines += section(command.specification) }
    lines += [".SH HELP PAGES", "Shown by", ".B ganctl help", ".IR NAME :"]
    for topic in table.topics { lines += item(topic.name, topic.summary) }
    lines += [".SH ENVIRONMENT"]
    for (name, text) in CommandTable.variables { lines += item(name, text) }
    lines += [".SH EXIT STATUS"]
    for (status, text) in Self.statuses { lines += item(status, text) }
    lines += [".SH FILES"]
    for (path, text) in Self.files { lines += item(path, text) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let description = """
    ganctl trains image-to-image translation GANs on an ordinary CPU, translates pictures with them, and measures the \
    results. Options follow the name of the command. Results go to the standard output, messages and progress to the \
    standard error.
    """

  private static let statuses = [
    ("0", "success"), ("1", "a check did not pass (verify)"), ("2", "wrong usage or configuration"),
    ("3", "input data that cannot be used"), ("4", "checkpoint or file format"),
    ("5", "environment: disk, permission, memory, lock"), ("6", "training diverged"),
    ("70", "internal error"), ("128+N", "ended by signal N: 130 after Ctrl-C, 143 after SIGTERM"),
  ]

  private static let files = [
    ("runs/NAME/", "a training run: config.yaml, log.jsonl, samples/ and checkpoints/"),
    ("runs/latest", "a link to the newest run, which commands use unless another is named"),
    ("/usr/share/doc/ganctl/examples/", "example configurations, and a script that makes a data set of emoji"),
    (
      "$GANCTL_HOME, ~/.local/share/ganctl/",
      "where the weights of the Inception network for the published FID are looked for"
    ),
  ]

  private func section(_ command: CommandSpecification) -> [String] {
    var lines = [".SS \(plain(command.name))", plain(command.summary + ".")]
    for usage in command.usage { lines += [".PP", ".RS 4", "ganctl \(plain(usage))", ".RE"] }
    for operand in command.operands { lines += item(operand.synopsis, operand.help) }
    for option in command.allOptions {
      let name = (option.short.map { "-\($0), " } ?? "") + option.name + (option.value.map { " " + $0 } ?? "")
      lines += item(name, option.help + (option.isRepeatable ? " (may be given several times)" : ""))
    }
    guard !command.details.isEmpty else { return lines }
    let details = command.details.split(separator: "\n", omittingEmptySubsequences: false)
    return lines + [".PP", ".nf"] + details.map { plain(String($0)) } + [".fi"]
  }

  private func item(_ name: String, _ text: String) -> [String] { [".TP", ".B \(plain(name))", plain(text)] }

  /// Text in which nothing has a meaning for `man`.
  private func plain(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
