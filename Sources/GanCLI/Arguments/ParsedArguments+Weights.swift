import GanWeights

extension OptionSpecification {
  /// `--weights`, for commands that load a trained model.
  static let weights = OptionSpecification(
    "--weights", value: "ema|raw",
    help: "averages of the weights (train.ema), or those of the last step (default: ema if the run kept any)")
}

extension ParsedArguments {
  /// The value of `--weights`.
  /// - Throws: `GanError` (usage) for an unknown value.
  func weights() throws -> WeightChoice {
    let choices: [WeightChoice] = [.ema, .raw]
    return try choice("--weights", among: choices.map(\.rawValue)).flatMap(WeightChoice.init(rawValue:)) ?? .auto
  }
}
