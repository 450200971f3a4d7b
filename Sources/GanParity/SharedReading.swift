import GanBase
import GanModels
import GanNN
import GanTensor

// What the readers of several families share.

func optimizerOptions(from spec: Spec) throws -> OptimizerOptions {
  let section = try spec.section("optimizer")
  let betas = try section.has("betas") ? section.numbers("betas") : ["beta1", "beta2"].map { try section.number($0) }
  guard betas.count == 2 else { throw GanError.checkpoint("betas: expected two numbers", at: section.path) }
  var options = OptimizerOptions()
  options.learningRate = try section.number("lr")
  (options.method.beta1, options.method.beta2) = (betas[0], betas[1])
  options.weightDecay = try section.number("weight_decay", default: 0)
  return options
}

extension ImageTranslator {
  /// The pictures of a step, stored under the names that the official program gives them: after the swap that
  /// direction BtoA asks for.
  func pairedBatch(
    _ fixture: ParityFixture, step: Int, _ a: String, _ b: String, sizes: SizeRule? = nil, type: ElementType
  ) throws -> TrainingBatch {
    let sizes = sizes ?? inputs.sizeRule, channels = inputs.channels
    let pictures = try [a, b].map { try fixture.input("step\(step).\($0)").converted(to: type) }
    for (picture, (name, expected)) in zip(pictures, [(a, channels.a), (b, channels.b)]) {
      let location = "\(fixture.path): step\(step).\(name)"
      guard picture.shape.rank == 4, picture.shape[3] == expected else {
        throw GanError.checkpoint("expected pictures of \(expected) channels, found \(picture.shape)", at: location)
      }
      guard sizes.allows(picture.shape[1]), sizes.allows(picture.shape[2]) else {
        throw GanError.checkpoint(
          "pictures of \(picture.shape[2])x\(picture.shape[1]): the networks need multiples of \(sizes.multiple), "
            + "at least \(sizes.least)", at: location)
      }
    }
    return TrainingBatch(a: pictures[0], b: pictures[1])
  }
}

extension ParityFixture {
  /// Refuses pictures that are too few or too small for a model.
  func checkPictures(_ pictures: Tensor, for model: any ImageTranslator, at key: String) throws {
    let location = "\(path): \(key)", batches = model.inputs.batchRule, least = model.inputs.leastTrainingSize
    guard pictures.shape[0] >= batches.least, pictures.shape[0] % batches.multiple == 0 else {
      throw GanError.checkpoint(
        "expected \(batches) pictures in a batch, found \(pictures.shape[0])", at: location)
    }
    guard min(pictures.shape[1], pictures.shape[2]) >= least else {
      throw GanError.checkpoint(
        "pictures of \(pictures.shape[2])x\(pictures.shape[1]): these networks need \(least) or more", at: location)
    }
  }
}
