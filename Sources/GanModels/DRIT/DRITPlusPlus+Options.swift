import GanConfig

extension DRITPlusPlus {
  package struct Options: DomainSettings, Equatable, Sendable {
    package var domains = DomainOptions()
    package var imageSize = 216
    package var networks = DRITNetworkOptions()
    package var discriminatorLayers = 6
    package var judgesContents = true
    @Scheduled package var classWeight = 1.0
    @Scheduled package var generatorClassWeight = 5.0
    package var training = DRITTrainingOptions()

    package init() {}

    /// What `labels` may be: a list of attributes does not suit. It stands in configurations as for other models.
    enum Labels: String, CaseIterable {
      case classes
    }
    var labels: Labels {
      get { .classes }
      set { domains.kind = .classes }
    }

    package static let options: [Option<Options>] =
      [
        .texts("domains", \.domains.names, "names of the domains, in the order of labels; empty: those of the data"),
        .choice("labels", \.labels, "classes: a picture is of one domain"),
        .integer("image_size", \.imageSize, in: 16...2048, "height and width of the pictures to train on"),
      ] + Option.all(of: \.networks) + [
        .integer(
          "dis_layers", \.discriminatorLayers, in: 1...10, "layers of stride 2 in the discriminators of pictures"),
        .flag(
          "content_dis", \.judgesContents, "train a content discriminator; without it every step trains everything"),
        .weight(
          "lambda_cls", \.$classWeight, in: 0...1e6, "weight of the classification of real pictures by their domain"),
        .weight("lambda_cls_g", \.$generatorClassWeight, in: 0...1e6, "weight of the classification of translations"),
      ] + Option.all(of: \.training)

    package func problems() -> [SettingsProblem] {
      var problems =
        domains.problems() + training.problems(isSpectral: networks.isSpectral) + sizeProblems()
      if domains.kind == .attributes {
        problems.append(
          SettingsProblem(
            "labels", "labels: dritpp needs pictures of one domain each", help: "use folders of pictures"))
      }
      return problems
    }

    private func sizeProblems() -> [SettingsProblem] {
      if imageSize % 4 != 0 {
        return [SettingsProblem("image_size", "image_size: expected a multiple of 4, found \(imageSize)")]
      }
      if imageSize >> discriminatorLayers == 0 {
        let most = imageSize.bitWidth - 1 - imageSize.leadingZeroBitCount
        return [
          SettingsProblem(
            "dis_layers", "dis_layers \(discriminatorLayers) leaves nothing of pictures of \(imageSize)x\(imageSize)",
            help: "use at most \(most) layers")
        ]
      }
      let least = networks.leastJudgedSize
      if judgesContents, imageSize < least {
        return [
          SettingsProblem(
            "content_dis_layers",
            "content_dis_layers \(networks.contentHalvings) need pictures of \(least)x\(least), not "
              + "\(imageSize)x\(imageSize)",
            help: "use fewer layers, or content_dis: false")
        ]
      }
      return []
    }
  }
}

extension DRITPlusPlus {
  package static var recipe: TrainingRecipe { TrainingRecipe(size: 216, loadSize: 256, batchSize: 2) }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.judge(size)
    options.networks.fit(size)
    return options
  }
}

extension DRITPlusPlus.Options: SizedDiscriminatorOptions {}
