import GanBase
import GanConfig

/// A metric that can be measured during training.
package enum EvalMetric: String, CaseIterable, Sendable {
  /// Metrics of pairs: mean absolute difference as a fraction of the full range, peak signal-to-noise ratio in dB,
  /// structural similarity.
  case l1, psnr, ssim
  /// Metrics of sets: Fréchet distance and kernel distance.
  case fid, kid

  var needsPairs: Bool { [.l1, .psnr, .ssim].contains(self) }
  var isSmallerBetter: Bool { GanBase.isSmallerBetter(metric: rawValue) }
}

/// The features that distances of sets are computed from.
package enum EvalFeatures: String, CaseIterable, Sendable {
  /// The features of the published FID if its weights are found, else the built-in ones.
  case auto
  case inception
  case builtIn = "built_in"
}

/// The section `eval` of a configuration: what is measured on the validation pictures during training.
package struct EvalSettings: Settings, Equatable, Sendable {
  package var every = 0
  package var metrics: [EvalMetric] = []
  package var count: Int?
  package var features = EvalFeatures.auto
  package var patience = 0

  package init() {}

  package static let options: [Option<EvalSettings>] = [
    .integer("every", \.every, in: 0...1_000_000, "epochs between measurements on the validation pictures; 0: none"),
    .choices(
      "metrics", \.metrics,
      "what is measured; the first measure decides checkpoints/best and lr_policy: plateau; []: ssim, psnr, l1 for pairs, "
        + "else fid, kid"),
    .optionalInteger("count", \.count, in: 2...1_000_000, "validation pictures that are translated; null: all"),
    .choice("features", \.features, "for fid and kid; auto: inception if its weights are found, else built_in"),
    .integer(
      "patience", \.patience, in: 0...1_000_000,
      "the run ends after this many measurements without a better first measure; 0: never"),
  ]

  package func problems() -> [SettingsProblem] {
    guard patience > 0, every == 0 else { return [] }
    return [
      SettingsProblem(
        "patience", "eval.patience counts measurements, and eval.every is 0: there are none",
        help: "measure with eval.every, or set patience to 0")
    ]
  }
}
