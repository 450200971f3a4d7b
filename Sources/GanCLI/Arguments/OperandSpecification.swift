/// An operand of a command: an argument that is not an option.
package struct OperandSpecification: Sendable {
  package enum Count: Sendable {
    case one, optional
    /// At least one. Only for a command's last operand.
    case oneOrMore
    /// Only for a command's last operand.
    case any
  }

  /// The name in capitals: `INPUT`.
  package let name: String
  package let count: Count
  package let help: String

  package init(_ name: String, _ count: Count = .one, help: String) {
    self.name = name
    self.count = count
    self.help = help
  }

  var isRequired: Bool { count == .one || count == .oneOrMore }
  var takesSeveral: Bool { count == .oneOrMore || count == .any }

  /// The form for a usage line: `INPUT`, `[INPUT]`, `INPUT...`, `[INPUT...]`.
  var synopsis: String {
    let repeated = takesSeveral ? name + "..." : name
    return isRequired ? repeated : "[\(repeated)]"
  }
}
