import GanBase
import GanConfig
import GanNN
import GanTensor

/// Further distances of a translation from its target, for models that learn from pairs.
package struct PairLossOptions: Settings, Equatable, Sendable {
  @Scheduled package var featureWeight = 0.0
  @Scheduled package var perceptualWeight = 0.0
  package var weightsFile: String?
  @Scheduled package var similarityWeight = 0.0
  @Scheduled package var edgeWeight = 0.0
  @Scheduled package var frequencyWeight = 0.0

  package init() {}

  package static let options: [Option<PairLossOptions>] = [
    .weight(
      "lambda_feat", \.$featureWeight, in: 0...1e6,
      "weight of feature matching (Wang et al. 2018, who take 10): the discriminator's layers should see the same; 0: "
        + "none"),
    .weight(
      "lambda_vgg", \.$perceptualWeight, in: 0...1e6,
      "weight of the perceptual distance (Johnson et al. 2016; Wang et al. 2018, who take 10) in layers of VGG16; "
        + "0: none"),
    .optionalText(
      "vgg_weights", \.weightsFile,
      "file with the Caffe weights of VGG16 (.safetensors or .pth), for lambda_vgg above 0"),
    .weight(
      "lambda_ssim", \.$similarityWeight, in: 0...1e6,
      "weight of 1 less the structural similarity (Wang et al. 2004); 0: none"),
    .weight(
      "lambda_gdl", \.$edgeWeight, in: 0...1e6,
      "weight of the gradient difference loss (Mathieu et al. 2016), for sharp edges; 0: none"),
    .weight(
      "lambda_ffl", \.$frequencyWeight, in: 0...1e6,
      "weight of the focal frequency loss (Jiang et al. 2021); 0: none"),
  ]

  package func problems() -> [SettingsProblem] {
    $perceptualWeight.most > 0 && weightsFile == nil
      ? [
        SettingsProblem(
          "lambda_vgg", "the perceptual distance needs vgg_weights", help: "name the file, or set lambda_vgg: 0")
      ] : []
  }

  /// - Parameter channels: of translations.
  func problems(channels: Int) -> [SettingsProblem] {
    problems()
      + ($perceptualWeight.most > 0 && channels != 3
        ? [
          SettingsProblem(
            "lambda_vgg", "the perceptual distance needs colour pictures", help: "set lambda_vgg: 0")
        ] : [])
  }

  /// The least height and width of pictures.
  var leastSize: Int {
    max(
      $edgeWeight.most > 0 ? 2 : 1, $similarityWeight.most > 0 ? Tensor.similarityWindow : 1,
      $perceptualWeight.most > 0 ? VGGFeatures.leastPairSize : 1)
  }
}

/// The distances of a translation from its target, as far as they have a weight.
struct PairLosses {
  private let vgg: VGGFeatures?

  /// - Throws: `GanError` (checkpoint) for a file that is not a VGG16.
  init(_ options: PairLossOptions, _ make: ModelBuilder) throws {
    vgg = try options.$perceptualWeight.most > 0 ? VGGFeatures(file: options.weightsFile, make) : nil
  }

  /// Adds and logs them with their weights.
  /// - Parameters:
  ///   - options: with the weights of this epoch.
  ///   - judged: what the discriminator says of `fake`.
  ///   - real: gives what it says of `target`; called, without recording, only for feature matching.
  /// - Throws: `GanError` (bug) if a file of weights could not be read when the model was made.
  func add(
    _ options: PairLossOptions, of fake: Tensor, from target: Tensor, judged: [ScoreMap], real: () -> [ScoreMap],
    to sum: inout LossSum
  ) throws {
    func add(_ name: String, _ weight: Double, _ loss: @autoclosure () throws -> Tensor) rethrows {
      if weight > 0 { sum.add(name, try loss() * weight) }
    }
    add("G_feat", options.featureWeight, featureMatching(judged, Tape.paused(real)))
    try add("G_VGG", options.perceptualWeight, perceptualDistance(fake, target))
    add("G_SSIM", options.similarityWeight, fake.dissimilarity(from: target))
    add("G_GDL", options.edgeWeight, fake.gradientDifference(from: target))
    add("G_FFL", options.frequencyWeight, fake.focalFrequencyLoss(from: target))
  }

  private func perceptualDistance(_ fake: Tensor, _ target: Tensor) throws -> Tensor {
    guard let vgg else { throw GanError(.bug, "training with lambda_vgg above 0, but without a reader of vgg_weights") }
    return vgg.pairDistance(fake, target)
  }
}

/// Feature matching (Wang et al. 2018, equation 4): the mean absolute difference of what each layer of a discriminator
/// makes of generated and of real pictures. As in the authors' program four times the mean over layers, which is the
/// sum for a discriminator of usual depth, and the mean over scales.
func featureMatching(_ fake: [ScoreMap], _ real: [ScoreMap]) -> Tensor {
  let distances = zip(fake, real).map { fake, real -> Tensor in
    let layers = zip(fake.features, real.features).map { $0.l1($1.detached()) }
    return layers.dropFirst().reduce(layers[0], +) * (4 / Double(layers.count))
  }
  return distances.dropFirst().reduce(distances[0], +) * (1 / Double(distances.count))
}
