import GanBase

/// One option: its key, its allowed values, and one line of help. Its default is the value in `Root()`.
package struct Option<Root>: Sendable {
  /// The property that holds the value.
  package typealias Path<Value> = WritableKeyPath<Root, Value> & Sendable

  package let key: String
  /// One line, lower-case, without a full stop.
  package let help: String
  /// The expected kind of value, with its article: `a whole number`, `one of lsgan, vanilla`.
  package let expected: String
  /// The allowed values as text; empty if all are.
  package let allowed: String
  let read: @Sendable (inout Root, ConfigNode) -> Complaint?
  let write: @Sendable (Root) -> String
  /// Sets a number that changes from epoch to epoch to its value in one; nil for other options.
  let enter: (@Sendable (inout Root, _ epoch: Int?) -> Void)?

  init<Value>(
    _ key: String, _ path: Path<Value>, _ format: ValueFormat<Value>, _ help: String,
    enter: (@Sendable (inout Root, _ epoch: Int?) -> Void)? = nil
  ) {
    self.key = key
    self.enter = enter
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

  /// Lifts an option of settings that are part of `Root`.
  init<Part>(_ option: Option<Part>, in path: Path<Part>) {
    key = option.key
    help = option.help
    expected = option.expected
    allowed = option.allowed
    read = { option.read(&$0[keyPath: path], $1) }
    write = { option.write($0[keyPath: path]) }
    if let inner = option.enter {
      enter = { inner(&$0[keyPath: path], $1) }
    } else {
      enter = nil
    }
  }

  /// The value in `root` as configuration text.
  package func text(in root: Root) -> String { write(root) }
}

extension Option where Root: Settings {
  /// The default as configuration text.
  package var defaultText: String { write(Root()) }

  /// What is wrong with the value in `root`; nil if it is valid.
  func complaint(about root: Root) -> String? {
    var parser = ConfigParser(name: key), other = root
    do {
      return read(&other, try parser.parse(write(root)))?.message
    } catch {
      return "\(error)"
    }
  }

  /// The error for a rejected value; its help describes all allowed values.
  func diagnostic(_ complaint: Complaint, path: String) -> Diagnostic {
    var contract = "\(path) takes \(expected)"
    if !allowed.isEmpty, allowed != "any", !expected.contains(allowed) { contract += ", \(allowed)" }
    return Diagnostic(
      "\(path): \(complaint.message)", help: complaint.hint ?? "\(contract) (default \(defaultText)): \(help)")
  }
}
