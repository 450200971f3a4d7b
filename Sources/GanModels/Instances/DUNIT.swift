import GanBase
import GanConfig
import GanNN
import GanTensor

/// Detection-based unsupervised image-to-image translation (Bhattacharjee et al. 2020): DRIT whose translations of A look
/// at single objects too. Where boxes show any, their features are put into the map of the whole picture. Boxes come
/// from files, where the authors have a detector; B's pictures need none.
///
/// The authors' program does not hold this network; where their text leaves it open, docs/models.md says what this does.
package final class DUNIT: InstanceTranslator, TwoSidedTranslator {
  package static let info = ModelInfo(
    name: "dunit", title: "DUNIT (Bhattacharjee et al. 2020)", paper: "CVPR 2020", data: .unaligned, boxes: .a,
    targets: DRIT.info.targets, roundsLevels: DRIT.info.roundsLevels,
    discriminatorLosses: DRIT.info.discriminatorLosses,
    files: [
      .of(
        ["enc_c", "enc_a", "gen", "disA", "disB", "disA2", "disB2", "disContent", "inst_a", "inst_b"], "*.pth")
    ])

  package struct Options: Settings, Equatable, Sendable {
    /// All that DRIT has.
    package var pictures = DRIT.Options()
    package var objectSize = 64
    @Scheduled package var instanceWeight = 0.0

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.pictures, except: "concat", "mlp_width") + [
        .integer("object_size", \.objectSize, in: 16...1024, "height and width to which objects are scaled"),
        .weight(
          "lambda_instance", \.$instanceWeight, in: 0...1e6,
          "weight of keeping the contents of objects in a translation, in place of the paper's detector"),
      ]

    package func problems() -> [SettingsProblem] {
      var problems = pictures.problems()
      if objectSize % 4 != 0 {
        problems.append(
          SettingsProblem(
            "object_size", "object_size \(objectSize) must be a multiple of 4",
            help: "use object_size: \(nextMultiple(of: 4, from: objectSize))"))
      }
      return problems
    }
  }

  package private(set) var options: Options
  package let drit: DRIT
  /// For A to B, and for the way back of its cycle.
  package let there: InstanceBranch, back: InstanceBranch
  private let optimizers: (there: Optimizer, back: Optimizer)

  package static func discriminators(_ options: Options) -> DiscriminatorKind { DRIT.discriminators(options.pictures) }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    drit = try DRIT(options.pictures, make)
    let networks = options.pictures.networks, channels = options.pictures.channels.both
    func branch(_ name: String, _ channels: Int) -> InstanceBranch {
      make.network(name, networks.initialization) {
        InstanceBranch($0, inputs: channels, networks, size: options.objectSize)
      }
    }
    (there, back) = (branch("inst_a", channels.a), branch("inst_b", channels.b))
    let settings = options.pictures.training.optimizer.generator
    optimizers = (
      make.optimizer("inst_a", settings, over: there), make.optimizer("inst_b", settings, over: back)
    )
  }

  package var branches: InstanceBranches {
    InstanceBranches(
      there: (there, optimizers.there), back: (back, optimizers.back), weight: options.instanceWeight)
  }

  package var inputs: ModelInputs { drit.inputs }
  package var cycleOfSteps: Int { drit.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    return try drit.trainStep(batch, branches)
  }
}

// MARK: Translation

extension DUNIT {
  package func content(of pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try drit.content(of: pictures, to: target, pass)
  }

  package func randomAttributes(_ count: Int, _ noise: NoiseSource?, type: ElementType) -> Tensor {
    drit.randomAttributes(count, noise, type: type)
  }

  package func attribute(of examples: Tensor, for target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try drit.attribute(of: examples, for: target, pass)
  }

  package func decode(
    _ content: Tensor, to target: TranslationTarget, attribute: Tensor, _ pass: Pass
  ) throws -> Tensor {
    try drit.decode(content, to: target, attribute: attribute, pass)
  }

  package func generator(for target: TranslationTarget) throws -> TensorStore { try drit.generator(for: target) }

  package func looksAtObjects(to target: TranslationTarget) -> Bool { target == .aToB }

  package func objects(of picture: Tensor, _ boxes: [Box], to target: TranslationTarget) throws -> ObjectCodes? {
    guard looksAtObjects(to: target), !boxes.isEmpty else { return nil }
    return there.codes(of: picture, InstanceBranches.inOrder(boxes))
  }

  package func decode(
    _ content: Tensor, to target: TranslationTarget, attribute: Tensor, objects: ObjectCodes?, _ pass: Pass
  ) throws -> Tensor {
    guard let objects, looksAtObjects(to: target) else {
      return try decode(content, to: target, attribute: attribute, pass)
    }
    return objects.decode(drit.gen.b, content, attribute)
  }

  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides(), boxes = batch.boxes(ofB: false, 0)
    let objects = try self.objects(of: a.first, boxes, to: .aToB)
    return try drit.samples("A", a, to: .aToB, "B", pass, objects, boxes: boxes)
      + drit.samples("B", b, to: .bToA, "A", pass)
  }

  package static var recipe: TrainingRecipe { DRIT.recipe }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.pictures = DRIT.options(fitting: size)
    options.objectSize = min(options.objectSize, nextMultiple(of: 4, from: max(16, size / 2)))
    return options
  }
}
