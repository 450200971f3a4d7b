import GanBase
import GanModels
import GanNN
import GanTensor

extension StarGAN: ParityModel {
  package static let limits: ParityLimits = {
    var limits = ParityLimits()
    limits.forward = 3e-4
    limits.loss = 2e-5
    limits.gradient = 3e-4
    limits.bufferSize = (2e-5, ["G.main.1.running_mean": 1e-3])
    (limits.weightShare, limits.weightStep, limits.weightMost, limits.update) = (1e-2, 0.05, 1, 5e-2)
    return limits
  }()

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    let labels = try spec.integer("c_dim", in: 1...1024)
    let dataSet = try spec.text("dataset")
    guard ["CelebA", "RaFD", "Both"].contains(dataSet) else {
      throw GanError.checkpoint(
        "dataset: expected CelebA (attributes), RaFD (classes) or Both, found \"\(dataSet)\"", at: spec.path)
    }
    let kind = dataSet == "RaFD" ? LabelKind.classes : .attributes
    options.domains = DomainOptions((0..<labels).map { "\($0)" }, kind)
    if dataSet == "Both" {
      options.domains.second = (labels..<labels + (try spec.integer("c2_dim", in: 2...1024))).map { "\($0)" }
    }
    options.imageSize = try spec.integer("image_size")
    options.generatorWidth = try spec.integer("g_conv_dim")
    options.generatorBlocks = try spec.integer("g_repeat_num")
    options.discriminatorWidth = try spec.integer("d_conv_dim")
    options.discriminatorLayers = try spec.integer("d_repeat_num")
    options.classWeight = try spec.number("lambda_cls")
    options.reconstructionWeight = try spec.number("lambda_rec")
    options.adversarial.penaltyWeight = try spec.number("lambda_gp")
    options.adversarial.discriminatorSteps = try spec.integer("n_critic")
    (options.generatorRate, options.discriminatorRate) = (try spec.number("g_lr"), try spec.number("d_lr"))
    (options.method.beta1, options.method.beta2) = (try spec.number("beta1"), try spec.number("beta2"))
    return options
  }

  package static func learningRate(from spec: Spec) throws -> Double {
    try max(spec.number("g_lr"), spec.number("d_lr"))
  }

  /// The middle taps of label maps, which the norm behind them takes away again: what moves them is rounding alone.
  package static func undetermined(_ name: String, _ shape: Shape) -> Set<Int> {
    guard name == "G.main.0.weight", shape.rank == 4 else { return [] }
    let taps = shape[2] * shape[3]
    return Set(
      (0..<shape[0]).flatMap { output in
        (pictureChannels..<shape[1]).map { (output * shape[1] + $0) * taps + taps / 2 }
      })
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    let (names, second) = (options.domains.names, options.domains.second)
    let (pictures, labels) = try labelled(fixture, "step\(step)", names.count, type)
    var batch = TrainingBatch(pictures, labels: labels)
    if !second.isEmpty { batch.second = try labelled(fixture, "step\(step).second", second.count, type) }
    return batch
  }

  /// Pictures and labels of one data set.
  private func labelled(
    _ fixture: ParityFixture, _ place: String, _ count: Int, _ type: ElementType
  ) throws -> (pictures: Tensor, labels: Tensor) {
    let pictures = try fixture.input("\(place).x_real").converted(to: type), size = options.imageSize
    guard pictures.shape.rank == 4, pictures.shape.sizes.dropFirst() == [size, size, Self.pictureChannels] else {
      throw GanError.checkpoint(
        "expected pictures of \(size)x\(size) in colour, found \(pictures.shape)",
        at: "\(fixture.path): \(place).x_real")
    }
    // One-hot for classes.
    let labels = try fixture.input("\(place).c_org").converted(to: type)
    guard labels.shape == [pictures.shape[0], count] else {
      throw GanError.checkpoint(
        "expected \(count) numbers for each picture, found \(labels.shape)", at: "\(fixture.path): \(place).c_org")
    }
    return (pictures, labels)
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (x, labels) = try batch(fixture, step: 1, type: type).labelled()
    let own = told(labels), targets = told(labels.rows(noise.permutation("rand_idx", x.shape[0])))
    let trace = Trace(), pass = Pass(.batchWithoutUpdate), tracing = Pass(.batchWithoutUpdate, trace: trace)
    let fake = g(x, targets, tracing), real = d(x, tracing), judged = d(fake, pass)
    return trace.values.merging([
      "G.x_fake": fake, "G.x_reconst": g(fake, own, pass), "G_eval.x_fake": g(x, targets, .evaluation),
      "D.real.src": real.scores, "D.real.cls": real.logits, "D.fake.src": judged.scores, "D.fake.cls": judged.logits,
    ]) { $1 }
  }

  func gradientValues(_ fixture: ParityFixture, noise: NoiseSource, type: ElementType) throws -> [String: Tensor] {
    let (x, labels) = try batch(fixture, step: 1, type: type).labelled(), pass = Pass(.batchWithoutUpdate)
    let fake = Tape.paused { g(x, told(labels.rows(noise.permutation("rand_idx", x.shape[0]))), pass) }
    let alpha = noise.uniform("alpha", [x.shape[0], 1, 1, 1], type: type)
    let slope = try CriticSlope(real: x, fake: fake, alpha: alpha) { [d.scores($0, pass)] }
    return [
      "D.x_hat": slope.pictures, "D.x_hat.src": slope.scores[0], "D.x_hat.dydx": slope.gradient,
      "D.x_hat.gradnorm": slope.lengths(),
    ]
  }
}
