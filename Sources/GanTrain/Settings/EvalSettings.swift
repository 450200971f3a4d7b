import GanConfig

/// What can be measured while a model is trained.
package enum EvalMetric: String, CaseIterable, Sendable {
  /// Of pairs: mean absolute difference, as a share of the full range; peak signal-to-noise ratio in dB; structural
  /// similarity.
  case l1, psnr, ssim
  /// Of all translations together: Fréchet distance and kernel distance.
  case fid, kid

  var needsPairs: Bool { [.l1, .psnr, .ssim].contains(self) }
  var isSmallerBetter: Bool { self != .psnr && self != .ssim }
}

/// Which features distances of sets are measured with.
package enum EvalFeatures: String, CaseIterable, Sendable {
  /// Those of the published FID where its weights are at hand, else the built-in ones.
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

  package init() {}

  package static let options: [Option<EvalSettings>] = [
    .integer("every", \.every, in: 0...1_000_000, "epochs between measurements on the validation pictures; 0: none"),
    .choices(
      "metrics", \.metrics,
      "what is measured; the first measure decides checkpoints/best and lr_policy: plateau; []: ssim, psnr, l1 for pairs, "
        + "else fid, kid"),
    .optionalInteger("count", \.count, in: 2...1_000_000, "validation pictures that are translated; null: all"),
    .choice("features", \.features, "for fid and kid; auto: inception if its weights are found, else built_in"),
  ]
}
