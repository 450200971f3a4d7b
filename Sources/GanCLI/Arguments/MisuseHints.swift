/// Suggestions for arguments that users of other programs write out of habit.
package struct MisuseHints: Sendable {
  /// Returns the suggestion for an unknown option (with its dashes) and the value after it, if any.
  package let option: @Sendable (_ spelling: String, _ value: String?) -> String?
  /// Returns the suggestion for an unexpected argument.
  package let argument: @Sendable (_ text: String) -> String?

  package init(
    option: @escaping @Sendable (_ spelling: String, _ value: String?) -> String? = { _, _ in nil },
    argument: @escaping @Sendable (_ text: String) -> String? = { _ in nil }
  ) {
    (self.option, self.argument) = (option, argument)
  }
}
