/// The right form of what people write out of habit, where a command knows it.
package struct MisuseHints: Sendable {
  /// For an unknown option with its dashes, and the value behind it if there is one.
  package let option: @Sendable (_ spelling: String, _ value: String?) -> String?
  /// For an argument that the command has no operand for.
  package let argument: @Sendable (_ text: String) -> String?

  package init(
    option: @escaping @Sendable (_ spelling: String, _ value: String?) -> String? = { _, _ in nil },
    argument: @escaping @Sendable (_ text: String) -> String? = { _ in nil }
  ) {
    (self.option, self.argument) = (option, argument)
  }
}
