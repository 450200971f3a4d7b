/// The specification of a command: its operands, options and help.
package struct CommandSpecification: Sendable {
  package let name: String
  /// One line, beginning with a capital letter, without a full stop.
  package let summary: String
  /// Usage lines without the program's name: `train --config FILE [options]`.
  package let usage: [String]
  package let operands: [OperandSpecification]
  /// The options except those that every command has.
  package let options: [OptionSpecification]
  /// Text at the end of the help, printed unchanged.
  package let details: String
  /// Suggestions for arguments that the command does not take.
  let hints: MisuseHints

  /// - Parameter usage: derived from operands and options if omitted.
  package init(
    _ name: String, summary: String, usage: [String] = [], operands: [OperandSpecification] = [],
    options: [OptionSpecification] = [], details: String = "", hints: MisuseHints = MisuseHints()
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.options = options
    self.details = details
    self.hints = hints
    let parts = [name] + (options.isEmpty ? [] : ["[options]"]) + operands.map(\.synopsis)
    self.usage = usage.isEmpty ? [parts.joined(separator: " ")] : usage
  }

  var allOptions: [OptionSpecification] { options + OptionSpecification.common }

  /// The help that `ganctl NAME --help` prints; ends with a newline.
  package var helpText: String {
    var text = "\(summary).\n\nusage:\n" + usage.map { "  ganctl \($0)\n" }.joined()
    if !operands.isEmpty {
      text += "\noperands:\n" + definitionList(operands.map { ($0.name, $0.help) })
    }
    text +=
      "\noptions:\n"
      + definitionList(
        allOptions.map { option in
          (option.synopsis, option.isRepeatable ? option.help + " (may be given several times)" : option.help)
        })
    if !details.isEmpty { text += "\n" + details + (details.hasSuffix("\n") ? "" : "\n") }
    return text
  }
}
