import GanModels

/// Completions for shells, written from the command table.
struct Completions {
  enum Shell: String, CaseIterable {
    case bash, zsh, fish
  }

  /// What can follow an option or stand for an operand.
  enum Values: Equatable {
    case files
    case words([String])
    /// Numbers and free text.
    case anything
  }

  let table: CommandTable

  var specifications: [CommandSpecification] { table.commands.map { $0.specification } }
  var commandNames: [String] { specifications.map(\.name) }

  func script(_ shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  /// The values of an option; nil if it takes none.
  func values(of option: OptionSpecification) -> Values? {
    guard let value = option.value else { return nil }
    if !option.words.isEmpty { return .words(option.words) }
    return values(of: value)
  }

  func values(of operand: OperandSpecification) -> Values { values(of: operand.name) }

  /// By the placeholder, whose capitals stand for a value and whose small letters for themselves.
  private func values(of placeholder: String) -> Values {
    let parts = placeholder.split(separator: "|").map(String.init)
    if parts.count > 1, parts.allSatisfy({ $0 != $0.uppercased() }) { return .words(parts) }
    if parts.contains(where: Self.paths.contains) { return .files }
    switch placeholder {
    case "MODEL": return .words(Registry.names)
    case "COMMAND": return .words(commandNames + table.topics.map(\.name))
    case "SHELL": return .words(Shell.allCases.map(\.rawValue))
    default: return .anything
    }
  }

  /// Placeholders of files and folders.
  private static let paths: Set<String> = [
    "FILE", "DIR", "RUN", "OUT", "CONFIG", "CKPT", "CHECKPOINT", "INPUT", "PATH", "FOLDER", "GENERATED", "REAL",
    "WEIGHTS", "PICTURE",
  ]
}

// MARK: - bash

extension Completions {
  private var bash: String {
    var text = """
      # bash completion for ganctl; written by 'ganctl completions bash'
      _ganctl() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options= values= operands=
        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
          COMPREPLY=($(compgen -W "\(commandNames.joined(separator: " ")) --help --version" -- "$current"))
          return
        fi
        case ${COMP_WORDS[1]} in

      """
    for command in specifications { text += bash(command) }
    return text + """
        esac
        case $values in
          '') ;;
          :files) compopt -o filenames 2>/dev/null || :; COMPREPLY=($(compgen -f -- "$current")); return ;;
          :anything) return ;;
          *) COMPREPLY=($(compgen -W "$values" -- "$current")); return ;;
        esac
        case $current in
          -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
          *)
            case $operands in
              '') ;;
              :files) compopt -o filenames 2>/dev/null || :; COMPREPLY=($(compgen -f -- "$current")) ;;
              *) COMPREPLY=($(compgen -W "$operands" -- "$current")) ;;
            esac ;;
        esac
      }
      complete -F _ganctl ganctl

      """
  }

  private func bash(_ command: CommandSpecification) -> String {
    let spellings = command.allOptions.flatMap(spellings)
    var text = "    \(command.name))\n      options='\(spellings.joined(separator: " "))'\n"
    let operands = command.operands.map(values).filter { $0 != .anything }
    if operands.contains(.files) {
      text += "      operands=:files\n"
    } else if case .words(let words)? = operands.first {
      text += "      operands='\(words.joined(separator: " "))'\n"
    }
    text += "      case $previous in\n"
    for option in command.allOptions {
      guard let values = values(of: option) else { continue }
      let result =
        switch values {
        case .files: ":files"
        case .words(let words): "'\(words.joined(separator: " "))'"
        case .anything: ":anything"
        }
      text += "        \(self.spellings(option).joined(separator: "|"))) values=\(result) ;;\n"
    }
    return text + "      esac ;;\n"
  }

  private func spellings(_ option: OptionSpecification) -> [String] {
    (option.short.map { ["-\($0)"] } ?? []) + [option.name]
  }
}

// MARK: - zsh

extension Completions {
  private var zsh: String {
    var text = """
      #compdef ganctl
      # zsh completion for ganctl; written by 'ganctl completions zsh'
      _ganctl() {
        local -a commands
        commands=(

      """
    for command in specifications { text += "    '\(command.name):\(inZsh(command.summary))'\n" }
    text += """
        )
        if (( CURRENT == 2 )); then
          _describe -t commands command commands
          _arguments '(- *)'{-h,--help}'[show the commands]' '(- *)--version[show the version]'
          return
        fi
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        case $command in

      """
    for command in specifications {
      let lines = command.allOptions.map(zsh) + command.operands.map(zsh)
      text += "    \(command.name))\n      _arguments \\\n        " + lines.joined(separator: " \\\n        ") + " ;;\n"
    }
    return text + "  esac\n}\n_ganctl \"$@\"\n"
  }

  private func zsh(_ option: OptionSpecification) -> String {
    let repeated = option.isRepeatable ? "*" : ""
    let help = "[\(inZsh(option.help))]"
    let value = values(of: option).map { ":\(inZsh(option.value ?? "")):\(action($0))" } ?? ""
    guard let short = option.short else { return "'\(repeated)\(option.name)\(help)\(value)'" }
    let exclusion = option.isRepeatable ? "'*'" : "'(-\(short) \(option.name))'"
    return "\(exclusion){-\(short),\(option.name)}'\(help)\(value)'"
  }

  private func zsh(_ operand: OperandSpecification) -> String {
    "'\(operand.takesSeveral ? "*" : ""):\(inZsh(operand.name)):\(action(values(of: operand)))'"
  }

  private func action(_ values: Values) -> String {
    switch values {
    case .files: "_files"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .anything: " "
    }
  }

  /// Text within single quotes, brackets and colons.
  private func inZsh(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "'\\''").replacing("[", with: "\\[")
      .replacing("]", with: "\\]").replacing(":", with: "\\:")
  }
}

// MARK: - fish

extension Completions {
  private var fish: String {
    var lines = [
      "# fish completion for ganctl; written by 'ganctl completions fish'", "complete -c ganctl -f",
      "complete -c ganctl -n __fish_use_subcommand -s h -l help -d 'show the commands'",
      "complete -c ganctl -n __fish_use_subcommand -l version -d 'show the version'",
    ]
    for command in specifications {
      lines.append(
        "complete -c ganctl -n __fish_use_subcommand -a \(command.name) -d '\(inFish(command.summary))'")
    }
    for command in specifications {
      let start = "complete -c ganctl -n '__fish_seen_subcommand_from \(command.name)'"
      for operand in command.operands {
        switch values(of: operand) {
        case .files: lines.append("\(start) -F")
        case .words(let words): lines.append("\(start) -a '\(words.joined(separator: " "))'")
        case .anything: break
        }
      }
      lines += command.allOptions.map { "\(start) \(fish($0))" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func fish(_ option: OptionSpecification) -> String {
    var text = option.short.map { "-s \($0) " } ?? ""
    text += "-l \(option.name.dropFirst(2))"
    switch values(of: option) {
    case .files: text += " -r -F"
    case .words(let words): text += " -x -a '\(words.joined(separator: " "))'"
    case .anything: text += " -x"
    case nil: break
    }
    return text + " -d '\(inFish(option.help))'"
  }

  private func inFish(_ text: String) -> String { text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") }
}
