import GanNN
import GanTensor

extension CycleGAN: ParityModel {
  public static let limits = ParityLimits()

  public static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try networkOptions(from: spec)
    options.inputChannels = try spec.integer("input_nc")
    options.outputChannels = try spec.integer("output_nc")
    options.lambdaA = try spec.number("lambda_A")
    options.lambdaB = try spec.number("lambda_B")
    options.lambdaIdentity = try spec.number("lambda_identity")
    options.poolSize = try spec.integer("pool_size", default: 0)
    options.adam = try adamOptions(from: spec)
    return options
  }

  public static func learningRate(from spec: Spec) throws -> Double { try Pix2Pix.learningRate(from: spec) }

  public func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try pairedBatch(fixture, step: step, "real_A", "real_B", type: type)
  }

  public func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    traced(try batch(fixture, step: 1, type: type), Pass(.batchWithoutUpdate, noise: noise))
  }
}
