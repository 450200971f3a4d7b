import GanModels
import GanNN
import GanTensor

extension CycleGAN: ParityModel {
  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try networkOptions(from: spec)
    options.adversarial = try adversarialOptions(from: spec)
    (options.channels.a, options.channels.b) = (try spec.integer("input_nc"), try spec.integer("output_nc"))
    options.lambdaA = try spec.number("lambda_A")
    options.lambdaB = try spec.number("lambda_B")
    options.lambdaIdentity = try spec.number("lambda_identity")
    options.poolSize = try spec.integer("pool_size", default: 0)
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (a, b) = try batch(fixture, step: 1, type: type).sides()
    let trace = Trace(), pass = Pass(.batchWithoutUpdate, noise: noise)
    let tracing = Pass(.batchWithoutUpdate, noise: noise, trace: trace)
    let fakeB = gA(a, tracing), fakeA = gB(b, pass)
    var found = Dictionary(uniqueKeysWithValues: trace.values.map { ("G_A.\($0)", $1) })
    (found["fake_B"], found["fake_A"]) = (fakeB, fakeA)
    (found["rec_A"], found["rec_B"]) = (gB(fakeB, pass), gA(fakeA, pass))
    if a.shape[3] == b.shape[3] { (found["idt_A"], found["idt_B"]) = (gA(b, pass), gB(a, pass)) }
    (found["D_A_real"], found["D_A_fake"]) = (dA(b, pass), dA(fakeB, pass))
    (found["D_B_real"], found["D_B_fake"]) = (dB(a, pass), dB(fakeA, pass))
    return found
  }
}
