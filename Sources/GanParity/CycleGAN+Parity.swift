import GanModels
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

  public func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try pairedBatch(fixture, step: step, "real_A", "real_B", type: type)
  }

  public func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    traced(try batch(fixture, step: 1, type: type), Pass(.batchWithoutUpdate, noise: noise))
  }

  /// All intermediate results of one pass.
  private func traced(_ batch: TrainingBatch, _ pass: Pass) -> [String: Tensor] {
    let (a, b) = (batch.a, batch.b), trace = Trace()
    var tracing = pass
    tracing.trace = trace
    let fakeB = gA(a, tracing), fakeA = gB(b, pass)
    var found = Dictionary(uniqueKeysWithValues: trace.values.map { ("G_A.\($0)", $1) })
    (found["fake_B"], found["fake_A"]) = (fakeB, fakeA)
    (found["rec_A"], found["rec_B"]) = (gB(fakeB, pass), gA(fakeA, pass))
    if channels.a == channels.b { (found["idt_A"], found["idt_B"]) = (gA(b, pass), gB(a, pass)) }
    (found["D_A_real"], found["D_A_fake"]) = (dA(b, pass), dA(fakeB, pass))
    (found["D_B_real"], found["D_B_fake"]) = (dB(a, pass), dB(fakeA, pass))
    return found
  }
}
