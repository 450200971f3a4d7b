import GanBase
import GanModels
import GanNN
import GanTensor

extension InstaGAN: ParityModel {
  package static let limits: ParityLimits = {
    var limits = ParityLimits()
    // Singular vectors follow the weights, of which single ones may be off after some steps.
    limits.buffer = 3e-4
    return limits
  }()

  package static func options(from spec: Spec) throws -> InstaGANOptions {
    var options = InstaGANOptions()
    for key in ["input_nc", "output_nc"] where try spec.integer(key) != channels {
      throw GanError.checkpoint("\(key): expected \(channels), found \(try spec.integer(key))", at: spec.path)
    }
    options.generatorWidth = try spec.integer("ngf")
    options.blocks = try spec.integer("n_blocks")
    options.discriminatorWidth = try spec.integer("ndf")
    options.loss = try spec.choice("gan_mode")
    options.instances = try instanceOptions(from: spec)
    options.lambdaA = try spec.number("lambda_A")
    options.lambdaB = try spec.number("lambda_B")
    options.lambdaIdentity = try spec.number("lambda_idt")
    options.lambdaContext = try spec.number("lambda_ctx")
    options.poolSize = try spec.integer("pool_size", default: 50)
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    let pictures = try pairedBatch(fixture, step: step, "A", "B", type: type).sides()
    func joined(_ picture: Tensor, _ name: String) throws -> Tensor {
      try fixture.checkPictures(picture, for: self, at: "step\(step).\(name)")
      let masks = try fixture.input("step\(step).\(name)_segs").converted(to: type)
      guard masks.shape.rank == 4, masks.shape.with(picture.shape[3], at: 3) == picture.shape else {
        throw GanError.checkpoint(
          "expected masks of the picture's size, \(picture.shape), found \(masks.shape)",
          at: "\(fixture.path): step\(step).\(name)_segs")
      }
      return .concatenated([picture, masks], axis: 3)
    }
    return TrainingBatch(a: try joined(pictures.a, "A"), b: try joined(pictures.b, "B"))
  }

  func replay(
    _ batch: TrainingBatch, step: Int, _ fixture: ParityFixture, _ noise: ParityNoise
  ) throws -> (losses: Losses, forward: [String: Tensor]) {
    let losses = try subSteps(batch).enumerated().reduce(Losses()) { all, step in
      step.element.entries.reduce(all) { $0 + ["sub\(step.offset + 1).\($1.name)": $1.value] }
    }
    return (losses, [:])
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (a, b) = try batch(fixture, step: 1, type: type).sides()
    let chosen = (a: selected(a, "perm_A")[0], b: selected(b, "perm_B")[0])
    var found: [String: Tensor] = [:]
    for (name, set) in [("A", chosen.a), ("B", chosen.b)] {
      found["select.\(name)"] = set.masks(slots: options.instances.most)
      found["merged.\(name)"] = set.union
    }
    let trace = Trace()
    let fakes = (
      b: firstValues(of: chosen.a, "A", "B", gA, gB, trace, &found),
      a: firstValues(of: chosen.b, "B", "A", gB, gA, nil, &found)
    )
    for (key, value) in trace.values {
      let parts = key.split(separator: ".", maxSplits: 1)
      guard parts.first == "seg" else {
        found["G_A.\(key)"] = value
        continue
      }
      for slot in 0..<value.shape[0] { found["G_A.seg\(slot).\(parts[1])"] = value.sliced(slot..<slot + 1, axis: 0) }
    }
    found.merge(judgements(dA, "D_A", real: chosen.b, fake: fakes.b)) { $1 }
    found.merge(judgements(dB, "D_B", real: chosen.a, fake: fakes.a)) { $1 }
    if let empty = try pictureWithoutMasks(fixture, type) {
      found["D_B_real_empty"] = dB.fromStart { dB(empty, Pass(.batch)) }
    }
    found.merge(try testValues(fixture, a, b)) { $1 }
    found.merge(try selectionValues(fixture, type)) { $1 }
    return found
  }

  /// What becomes of the first group of a picture; nil if it has no instance.
  private func firstValues(
    of chosen: InstancePicture, _ from: String, _ to: String, _ there: SetGenerator, _ back: SetGenerator,
    _ trace: Trace?, _ found: inout [String: Tensor]
  ) -> InstancePicture? {
    let slots = options.instances.atOnce, pass = Pass(.batchWithoutUpdate)
    guard let group = chosen.groups(of: slots).first else { return nil }
    let fake = there(group, Pass(.batchWithoutUpdate, trace: trace))
    found["fake_\(to)"] = fake.joined(slots: slots)
    found["rec_\(from)"] = back(fake, pass).joined(slots: slots)
    found["idt_\(to)"] = back(group, pass).joined(slots: slots)
    found["ctx_weight_\(from)"] = Self.contextWeight(group, fake)
    return fake
  }

  private func judgements(
    _ judge: SetDiscriminator, _ name: String, real: InstancePicture, fake: InstancePicture?
  ) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (kind, set) in [("real", real)] + (fake.map { [("fake", $0)] } ?? []) {
      let trace = Trace()
      judge.fromStart {
        found["\(name)_\(kind)"] = judge(set, Pass(.batch, trace: trace))
        for entry in judge.tensors.buffers {
          found["\(name).\(kind).after.\(entry.key.replacing(".module", with: ""))"] = entry.officialValue.copied()
        }
      }
      for (key, value) in trace.values { found["\(name).\(kind).\(key)"] = value }
    }
    return found
  }

  /// The first picture of A that has no instance.
  private func pictureWithoutMasks(_ fixture: ParityFixture, _ type: ElementType) throws -> InstancePicture? {
    for step in 1...max(1, try fixture.spec.integer("steps")) {
      let set = InstancePicture.all(in: try batch(fixture, step: step, type: type).sides().a, channels: Self.channels)
      if set[0].picture.count == 0 { return set[0].picture }
    }
    return nil
  }

  /// Translations of the first pictures with settings of their own.
  private func testValues(_ fixture: ParityFixture, _ a: Tensor, _ b: Tensor) throws -> [String: Tensor] {
    guard fixture.spec.has("test") else { return [:] }
    let spec = try fixture.spec.section("test"), pass = Pass(.batchWithoutUpdate)
    let instances = try instanceOptions(from: spec)
    var found: [String: Tensor] = [:]
    for (from, to, picture, there, back) in [("A", "B", a, gA, gB), ("B", "A", b, gB, gA)] {
      let all = InstancePicture.all(in: picture, channels: Self.channels)[0].picture
      let chosen = instances.chosen(of: all) { Array(0..<$0) }
      let steps = translated(chosen, by: there, atOnce: instances.atOnce, pass)
      guard let first = steps.first, let last = steps.last else { continue }
      found["test.fake_\(to)"] = last.picture
      found["test.fake_\(to)_segs"] = last.masks(slots: instances.most)
      found["test.fake_\(to)_seg"] = last.union
      found["test.rec_\(from)"] = back(first, pass).picture
    }
    return found
  }

  /// The selection in random order.
  private func selectionValues(_ fixture: ParityFixture, _ type: ElementType) throws -> [String: Tensor] {
    guard fixture.spec.has("select_check") else { return [:] }
    let spec = try fixture.spec.section("select_check")
    let masks = try fixture.input(try spec.text("segs")).converted(to: type)
    let order = try fixture.input(try spec.text("permutation")).doubles.map { Int($0) }
    var options = InstanceOptions()
    options.order = try spec.choice("set_order")
    options.most = try spec.integer("ins_max")
    let picture = Tensor.zeros(masks.shape.with(Self.channels, at: 3), type: type)
    let all = InstancePicture.all(in: .concatenated([picture, masks], axis: 3), channels: Self.channels)[0].picture
    guard order.sorted() == Array(0..<min(all.count, options.most)) else {
      throw GanError.checkpoint("select_check: not a permutation: \(order)", at: spec.path)
    }
    return ["select.random": options.chosen(of: all) { _ in order }.masks(slots: options.most)]
  }
}

private func instanceOptions(from spec: Spec) throws -> InstanceOptions {
  var options = InstanceOptions()
  options.order = try spec.choice("set_order")
  options.most = try spec.integer("ins_max", in: 1...1024)
  options.atOnce = try spec.integer("ins_per", in: 1...1024)
  return options
}

extension InstancePicture {
  /// `[1,H,W,slots]`, empty ones last.
  fileprivate func masks(slots: Int) -> Tensor {
    let all = joined(slots: slots)
    return all.sliced(picture.shape[3]..<all.shape[3], axis: 3)
  }

  /// All masks as one, in [-1,1].
  fileprivate var union: Tensor {
    masks.map { $0.coverage.scaled(by: 2, plus: -1) }
      ?? Tensor(repeating: -1, picture.shape.with(1, at: 3), type: picture.type)
  }
}

extension SetDiscriminator {
  /// Runs `body` and puts the singular vectors back.
  fileprivate func fromStart<Result>(_ body: () -> Result) -> Result {
    let before = tensors.buffers.map { ($0.tensor, $0.tensor.copied()) }
    defer { for (tensor, value) in before { tensor.assign(value) } }
    return body()
  }
}
