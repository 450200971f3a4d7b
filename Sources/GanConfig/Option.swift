import GanBase

/// One setting: its key, what it takes, and one line of help. Its default is the value in `Root()`.
public struct Option<Root>: Sendable {
  /// Where the value stands in the settings.
  public typealias Path<Value> = WritableKeyPath<Root, Value> & Sendable

  public let key: String
  /// One line, lower-case, without a full stop.
  public let help: String
  /// What it takes, with its article: `a whole number`, `one of lsgan, vanilla`.
  public let expected: String
  /// Which of them are allowed, in words; empty where all are.
  public let allowed: String
  let read: @Sendable (inout Root, ConfigNode) -> Complaint?
  let write: @Sendable (Root) -> String

  init<Value>(_ key: String, _ path: Path<Value>, _ format: ValueFormat<Value>, _ help: String) {
    self.key = key
    self.help = help
    expected = format.expected
    allowed = format.allowed
    read = { root, node in
      switch format.read(node) {
      case .success(let value):
        root[keyPath: path] = value
        return nil
      case .failure(let complaint):
        return complaint
      }
    }
    write = { format.write($0[keyPath: path]) }
  }

  /// The option of settings that are a part of `Root`.
  init<Part>(_ option: Option<Part>, in path: Path<Part>) {
    key = option.key
    help = option.help
    expected = option.expected
    allowed = option.allowed
    read = { option.read(&$0[keyPath: path], $1) }
    write = { option.write($0[keyPath: path]) }
  }

  /// The value in `root`, as it is written in a configuration.
  public func text(in root: Root) -> String { write(root) }
}

extension Option where Root: Settings {
  /// The default, as it is written in a configuration.
  public var defaultText: String { write(Root()) }

  func complaintAboutDefault() -> String? {
    var parser = ConfigParser(name: "default")
    var root = Root()
    do {
      return read(&root, try parser.parse(defaultText))?.message
    } catch {
      return "\(error)"
    }
  }

  /// The message for a refused value; the help states everything that the option takes.
  func diagnostic(_ complaint: Complaint, path: String) -> Diagnostic {
    var contract = "\(path) takes \(expected)"
    if !allowed.isEmpty, allowed != "any", !expected.contains(allowed) { contract += ", \(allowed)" }
    return Diagnostic(
      "\(path): \(complaint.message)", help: complaint.hint ?? "\(contract) (default \(defaultText)): \(help)")
  }
}
