import GanConfig
import GanNN

/// The networks that DRIT and DRIT++ have in common.
package struct DRITNetworkOptions: Settings, Equatable, Sendable {
  package var concat = true
  package var attributes = 8
  package var contentWidth = 64
  package var attributeWidth = 64
  package var mlpWidth = 256
  package var discriminatorWidth = 64
  package var isSpectral = false
  package var contentHalvings = 3
  package var initGain = 0.02
  package var upsampling = UpsamplingOptions()

  package init() {}

  package static let options: [Option<DRITNetworkOptions>] =
    [
      .flag(
        "concat", \.concat,
        "append the attribute to the feature maps, which keeps shapes; false: mix it in, which may change them"),
      .integer("nz", \.attributes, in: 1...1024, "length of an attribute code"),
      .integer(
        "content_width", \.contentWidth, in: 2...512,
        "channels of the content encoder's first layer; the content has 4 times as many"),
      .integer("attr_width", \.attributeWidth, in: 1...512, "channels of the attribute encoder's first layer"),
      .integer(
        "mlp_width", \.mlpWidth, in: 1...4096, "with concat: false, width of the layers between attribute and decoder"),
      .integer("dis_width", \.discriminatorWidth, in: 1...512, "channels of the discriminators' first layer"),
      .flag("dis_spectral_norm", \.isSpectral, "spectral normalisation of the discriminators of pictures"),
      .integer(
        "content_dis_layers", \.contentHalvings, in: 0...6,
        "layers of stride 2 in the content discriminator; 3 need pictures of 212 or more"),
      .number("init_gain", \.initGain, in: 0...100, "standard deviation of the convolutions' initial weights"),
    ] + Option.all(of: \.upsampling)

  /// Channels of a content.
  var content: Int { 4 * contentWidth }

  /// Convolutions as in the official program; all else begins as PyTorch has it.
  var initialization: Initialization { .normalConvolutions(deviation: initGain) }

  enum Domain: String {
    case a, b
  }

  /// Of a domain; without one, of all.
  func attributeEncoder(_ scope: Scope, inputs: Int, domain: Domain? = nil) -> any AttributeEncoder {
    guard concat else {
      let list = scope["model" + (domain.map { "_\($0.rawValue)" } ?? "")]
      return PlainAttributeEncoder(list, inputs: inputs, width: attributeWidth, attributes: attributes)
    }
    let suffix = domain.map { "_\($0.rawValue.uppercased())" } ?? ""
    return GaussianAttributeEncoder(
      list: scope["conv" + suffix], mean: scope["fc" + suffix], logVariance: scope["fcVar" + suffix], inputs: inputs,
      width: attributeWidth, attributes: attributes)
  }

  /// One for all domains.
  func decoder(_ scope: Scope, outputs: Int, domains: Int) -> any AttributeDecoder {
    let plan = AttributeDecoderPlan(
      content: content, attributes: attributes, domains: domains, outputs: outputs, upsampling: upsampling.kind)
    guard !concat else { return ConcatDecoder(scope, prefix: "dec", plan) }
    return MixingDecoder(
      mlp: scope["mlp"], blocks: (scope, "dec"), last: scope["decA5"], width: mlpWidth, plan)
  }

  /// Heights and widths that both encoders take; the decoder gives back multiples of 4.
  var sizeRule: SizeRule { SizeRule(multiple: 4, least: leastAttributeSize) }

  /// The least picture whose content can be judged: its code has a quarter of the size, rounded up.
  package var leastJudgedSize: Int { 4 * ContentDiscriminator.leastSize(halvings: contentHalvings) - 3 }
}

/// What DRIT and DRIT++ are trained with.
package struct DRITTrainingOptions: Settings, Equatable, Sendable {
  package var interval = 3
  @Scheduled package var reconstructionWeight = 10.0
  @Scheduled package var latentWeight = 10.0
  @Scheduled package var klWeight = 0.01
  @Scheduled package var contentWeight = 0.01
  package var contentLearningRate = 4e-5
  package var contentClip = 5.0
  package var optimizer = OptimizerOptions.unit
  package var adversarial = AdversarialOptions(.vanilla)

  package init() {}

  package static let options: [Option<DRITTrainingOptions>] =
    [
      .integer("d_iter", \.interval, in: 1...1000, "content discriminator steps per step of everything else"),
      .weight("lambda_rec", \.$reconstructionWeight, in: 0...1e6, "weight of reconstructions and of the cross-cycle"),
      .weight(
        "lambda_latent", \.$latentWeight, in: 0...1e6, "weight of recovering a random attribute from the translation"),
      .weight(
        "lambda_kl", \.$klWeight, in: 0...1e6,
        "weight of the KL term: attribute codes follow a standard normal distribution"),
      .weight("lambda_content", \.$contentWeight, in: 0...1e6, "weight of keeping content codes small"),
      .number(
        "content_learning_rate", \.contentLearningRate, in: 0...1,
        "initial learning rate of the content discriminator"),
      .number(
        "content_clip", \.contentClip, in: .above(0, through: 1e6),
        "largest norm of its gradient; longer gradients are clipped to it"),
    ] + Option.all(of: \.adversarial) + Option.all(of: \.optimizer)

  /// - Parameter isSpectral: whether discriminators of pictures are spectrally normalised.
  func problems(isSpectral: Bool) -> [SettingsProblem] {
    optimizer.problems() + adversarial.problems()
      + (isSpectral ? adversarial.problemsOfSpectralNorm("dis_spectral_norm: true") : [])
  }

  /// Of the content discriminator.
  var contentOptimizer: Optimizer.Settings {
    var settings = optimizer.generator
    settings.learningRate = contentLearningRate
    return settings
  }

  /// Whether everything is trained on a batch, and not the content discriminator alone.
  package func trainsEverything(at place: BatchPlace?) -> Bool {
    guard let place else { return true }
    return (place.index + 1) % interval == 0 || place.index >= place.count - 2
  }
}

extension DRITNetworkOptions {
  /// As many layers as a content of these pictures has room for.
  mutating func fit(_ size: Int) {
    while contentHalvings > 0, leastJudgedSize > size { contentHalvings -= 1 }
  }
}
