import GanBase
import GanModels
import GanNN
import GanTensor

extension SRGAN: ParityModel {
  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    let scale = try spec.integer("scale")
    guard let known = Scale(rawValue: "\(scale)") else {
      throw GanError.checkpoint("scale: expected 2, 4 or 8, found \(scale)", at: spec.path)
    }
    options.scale = known
    options.imageSize = try spec.integer("image_size")
    options.generatorWidth = try spec.integer("ngf")
    options.blocks = try spec.integer("n_blocks")
    options.discriminatorWidth = try spec.integer("ndf")
    options.pixelWeight = try spec.number("lambda_mse")
    options.contentWeight = try spec.number("lambda_vgg")
    options.contentLayer = try spec.choice("vgg_layer")
    // The folder's own, whatever the name.
    options.weightsFile = options.contentWeight > 0 ? "vgg.safetensors" : nil
    options.adversarialWeight = try spec.number("lambda_gan")
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    let (small, sharp) = try (
      fixture.input("step\(step).small").converted(to: type), fixture.input("step\(step).sharp").converted(to: type)
    )
    let size = options.imageSize, side = size / inputs.enlargement
    guard sharp.shape.rank == 4, small.shape.rank == 4, small.shape[0] == sharp.shape[0],
      sharp.shape.sizes.dropFirst() == [size, size, 3], small.shape.sizes.dropFirst() == [side, side, 3]
    else {
      throw GanError.checkpoint(
        "expected colour pictures of \(side)x\(side) and of \(size)x\(size), found \(small.shape) and \(sharp.shape)",
        at: "\(fixture.path): step\(step)")
    }
    return TrainingBatch(a: small, b: sharp)
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (small, sharp) = try batch(fixture, step: 1, type: type).sides(), pass = Pass(.batchWithoutUpdate)
    let trace = Trace(), enlarged = g(small, Pass(.batchWithoutUpdate, trace: trace))
    var found = Dictionary(uniqueKeysWithValues: trace.values.map { ("G.\($0)", $1) })
    (found["enlarged"], found["G_eval"]) = (enlarged, g(small, .evaluation))
    (found["D_real"], found["D_fake"]) = (d(sharp, pass), d(enlarged, pass))
    return found
  }
}
