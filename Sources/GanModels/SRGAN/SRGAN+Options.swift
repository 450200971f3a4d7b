import GanConfig
import GanNN

extension SRGAN {
  /// How many times as high and as wide as the picture the result is.
  package enum Scale: String, CaseIterable, Sendable {
    case two = "2"
    case four = "4"
    case eight = "8"

    /// Stages that double.
    package var doublings: Int {
      switch self {
      case .two: 1
      case .four: 2
      case .eight: 3
      }
    }

    package var factor: Int { 1 << doublings }
  }

  /// The layer of a VGG network whose features are compared, by the paper's numbers for VGG19.
  package enum ContentLayer: String, CaseIterable, Sendable {
    /// The second convolution before the second pooling: small details.
    case low = "2_2"
    /// The last convolution: what pictures show.
    case high = "5_4"

    var block: Int { self == .low ? 2 : 5 }
    /// The least height and width of pictures.
    var leastSize: Int { 1 << (block - 1) }
  }

  package struct Options: Settings, Equatable, Sendable {
    package var scale = Scale.four
    package var imageSize = 96
    package var generatorWidth = 64
    package var blocks = 16
    package var discriminatorWidth = 64
    @Scheduled package var pixelWeight = 1.0
    @Scheduled package var contentWeight = 0.0
    package var contentLayer = ContentLayer.high
    package var weightsFile: String?
    @Scheduled package var adversarialWeight = 1e-3
    package var optimizer: OptimizerOptions = {
      var options = OptimizerOptions(learningRate: 1e-4, weightDecay: 0)
      options.method.beta1 = 0.9
      return options
    }()

    package init() {}

    package static let options: [Option<Options>] =
      [
        .choice("scale", \.scale, "how many times as high and as wide results are"),
        .integer(
          "image_size", \.imageSize, in: 16...2048,
          "height and width of the sharp pictures to train on, a multiple of scale; the small ones are made of them"),
        .integer("ngf", \.generatorWidth, in: 1...512, "channels of the generator"),
        .integer("n_blocks", \.blocks, in: 0...64, "residual blocks of the generator"),
        .integer("ndf", \.discriminatorWidth, in: 1...512, "channels of the discriminator's first layer"),
        .weight(
          "lambda_mse", \.$pixelWeight, in: 0...1e6, "weight of the mean squared difference from the sharp picture"),
        .weight(
          "lambda_vgg", \.$contentWeight, in: 0...1e6,
          "weight of the difference in features of a fixed VGG network, which need not match pixel by pixel; 0: none"),
        .choice("vgg_layer", \.contentLayer, "layer of these features; 2_2: small details, 5_4: what pictures show"),
        .optionalText(
          "vgg_weights", \.weightsFile,
          "file with the Caffe weights of VGG19 or VGG16 (.safetensors or .pth), for lambda_vgg above 0"),
        .weight(
          "lambda_gan", \.$adversarialWeight, in: 0...1e6,
          "weight of the adversarial loss; at 0 the generator is trained alone, as SRResNet"),
      ] + Option.all(of: \.optimizer)

    package func problems() -> [SettingsProblem] {
      var problems = optimizer.problems()
      if imageSize % scale.factor != 0 || imageSize / scale.factor < 4 {
        let multiple = max(imageSize / scale.factor, 4) * scale.factor
        problems.append(
          SettingsProblem(
            "image_size",
            "image_size \(imageSize): expected a multiple of scale \(scale.rawValue), at least \(4 * scale.factor)",
            help: "use image_size: \(multiple), or another scale"))
      }
      if $contentWeight.most > 0, weightsFile == nil {
        problems.append(
          SettingsProblem(
            "lambda_vgg", "the difference in features needs vgg_weights", help: "name the file, or set lambda_vgg: 0"))
      }
      return problems
    }
  }

  package static var recipe: TrainingRecipe { TrainingRecipe(size: 96, loadSize: 96, batchSize: 16) }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.imageSize = size
    return options
  }
}
