import GanTensor

extension OptionSpecification {
  /// `--precision`, for commands without a configuration.
  static let precision = OptionSpecification(
    "--precision", value: Precision.allCases.map(\.rawValue).joined(separator: "|"),
    help: "arithmetic of convolutions: fp32, three bf16 products, bf16 (default: highest)")
}

extension ParsedArguments {
  /// The value of `--precision`; prints a message if this CPU does not support it.
  /// - Throws: `GanError` (usage) for an unknown value.
  func precision(_ console: Console) throws -> Precision {
    let precision = try choice("--precision", as: Precision.self) ?? .highest
    if let notice = precision.notice { console.notice(notice) }
    return precision
  }
}
