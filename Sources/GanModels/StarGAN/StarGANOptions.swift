import GanConfig
import GanNN

extension StarGAN {
  package struct Options: DomainSettings, Equatable, Sendable {
    package var domains = DomainOptions()
    package var imageSize = 128
    package var generatorWidth = 64
    package var generatorBlocks = 6
    package var discriminatorWidth = 64
    package var discriminatorLayers = 6
    @Scheduled package var classWeight = 1.0
    @Scheduled package var reconstructionWeight = 10.0
    package var adversarial = AdversarialOptions(.wgangp)
    package var generatorRate = 1e-4
    package var discriminatorRate = 1e-4
    package var method = OptimizerMethod()
    package var architecture = ArchitectureOptions()

    package init() { adversarial.discriminatorSteps = 5 }

    package static let options: [Option<Options>] =
      Option.all(of: \.domains) + [
        .texts(
          "second_domains", \.domains.second,
          "classes of the second data set, with data.second_root, in the order of labels; empty: those of the data, if "
            + "there is one"),
        .integer("image_size", \.imageSize, in: 8...2048, "height and width of the pictures to train on"),
        .integer("g_conv_dim", \.generatorWidth, in: 1...512, "channels of the generator's first layer"),
        .integer("g_repeat_num", \.generatorBlocks, in: 0...64, "residual blocks of the generator"),
        .integer("d_conv_dim", \.discriminatorWidth, in: 1...512, "channels of the discriminator's first layer"),
        .integer("d_repeat_num", \.discriminatorLayers, in: 1...10, "layers of the discriminator, each of stride 2"),
        .weight("lambda_cls", \.$classWeight, in: 0...1e6, "weight of the classification of pictures by their domain"),
        .weight("lambda_rec", \.$reconstructionWeight, in: 0...1e6, "weight of the reconstruction from another domain"),
      ] + Option.all(of: \.adversarial, except: "d_steps") + [
        .integer(
          "n_critic", \.adversarial.discriminatorSteps, in: 1...1000, "discriminator steps per generator step"),
        .number("g_lr", \.generatorRate, in: 0...1, "initial learning rate of the generator"),
        .number("d_lr", \.discriminatorRate, in: 0...1, "initial learning rate of the discriminator"),
      ] + Option.all(of: \.method) + Option.all(of: \.architecture)

    package func problems() -> [SettingsProblem] {
      var problems =
        domains.problems() + method.problems() + adversarial.problems(with: architecture.spectralNorm)
        + architecture.attention.problems(generator: 2, discriminator: discriminatorLayers)
      if imageSize % 4 != 0 {
        problems.append(
          SettingsProblem("image_size", "image_size: expected a multiple of 4, found \(imageSize)"))
      }
      if imageSize >> discriminatorLayers == 0 {
        problems.append(
          SettingsProblem(
            "d_repeat_num",
            "d_repeat_num \(discriminatorLayers) leaves nothing of pictures of \(imageSize)x\(imageSize)",
            help: "use at most \(imageSize.bitWidth - 1 - imageSize.leadingZeroBitCount) layers"))
      }
      return problems
    }
  }
}

extension StarGAN {
  package static var recipe: TrainingRecipe { TrainingRecipe(size: 128, loadSize: 128, batchSize: 16) }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.judge(size)
    return options
  }
}

extension StarGAN.Options: SizedDiscriminatorOptions {}
