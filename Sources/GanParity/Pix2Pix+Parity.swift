import GanBase
import GanModels
import GanNN
import GanTensor

extension Pix2Pix: ParityModel {
  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try networkOptions(from: spec)
    options.adversarial = try adversarialOptions(from: spec)
    (options.channels.a, options.channels.b) = (try spec.integer("input_nc"), try spec.integer("output_nc"))
    options.lambdaL1 = try spec.number("lambda_L1")
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (a, b) = try batch(fixture, step: 1, type: type).sides()
    let training = traced(a, b, Pass(.batchWithoutUpdate, noise: noise))
    let evaluation = traced(a, b, .evaluation)
    return Dictionary(uniqueKeysWithValues: prefixed(training, "") + prefixed(evaluation, "eval."))
  }

  /// All intermediate results of one pass.
  private func traced(_ a: Tensor, _ b: Tensor, _ pass: Pass) -> [String: Tensor] {
    let trace = Trace()
    var pass = pass
    pass.trace = trace
    let fake = g(a, pass)
    pass.trace = nil
    let found = ["fake_B": fake, "D_fake": d(pair(a, fake), pass), "D_real": d(pair(a, b), pass)]
    return trace.values.merging(found) { $1 }
  }

  /// Parts of the generator are stored as `G.<part>`.
  private func prefixed(_ values: [String: Tensor], _ prefix: String) -> [(String, Tensor)] {
    values.map { key, value in
      (prefix + (key.hasPrefix("D_") || key == "fake_B" ? key : "G.\(key)"), value)
    }
  }
}
