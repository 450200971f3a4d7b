import GanBase
import GanConfig
import GanModels
import GanNN
import GanTensor

/// Replays a fixture and collects what this program computes, under the keys of `expected.safetensors` and in
/// PyTorch's layouts.
package struct ParityRun {
  package private(set) var values: [String: Tensor] = [:]
  /// Those of the fixture's further files.
  package let furtherValues: [ParityValue]
  package let limits: ParityLimits
  package let learningRate: Double
  package let initial: [String: Tensor]
  package let parameters: Set<String>
  /// Parameters whose gradient is 0 in exact arithmetic: biases before an instance norm.
  package let zeroGradients: Set<String>
  /// Elements that are not compared, by parameter.
  package let undetermined: [String: Set<Int>]

  /// - Throws: `GanError` (checkpoint) for a spec, weights or inputs that do not describe this model.
  init<Model: ParityModel>(_: Model.Type, _ fixture: ParityFixture, type: ElementType) throws {
    let options = try Model.options(from: fixture.spec)
    for message in options.complaints() + options.problems().map(\.message) {
      throw GanError.checkpoint(message, at: fixture.spec.path)
    }
    limits = Model.limits
    learningRate = try Model.learningRate(from: fixture.spec)
    // The notes of the official programs' numbers call them differently.
    zeroGradients = Set(
      try ["zero_gradient_params", "null_gradient_parameters", "structurally_zero_gradient"].flatMap {
        try fixture.spec.texts($0, default: [])
      })
    let noise = ParityNoise(fixture, type: type)
    let make = ModelBuilder(seed: 0, noise: noise, elementType: type) { try fixture.fixedWeights($0) }
    let model = try Model(options, make)
    try Self.load(fixture.weights, into: make, path: fixture.path + "/weights.safetensors") {
      try Model.isStored($0, fixture.spec)
    }
    initial = Dictionary(uniqueKeysWithValues: make.tensors.map { ($0.name, $0.entry.officialValue.copied()) })
    undetermined = Dictionary(
      uniqueKeysWithValues: make.tensors.map { ($0.name, Model.undetermined($0.name, $0.entry.officialShape)) })
    parameters = Set(make.tensors.filter(\.entry.isParameter).map(\.name))
    furtherValues = try model.furtherValues(fixture, type: type)
    noise.step = try fixture.spec.integer("first_full_step", default: 1)
    add(forward: try Tape.paused { try model.forwardValues(fixture, noise: noise, type: type) })
    add(forward: try model.gradientValues(fixture, noise: noise, type: type))
    try replay(model, make, fixture, noise)
  }

  private mutating func replay<Model: ParityModel>(
    _ model: Model, _ make: ModelBuilder, _ fixture: ParityFixture, _ noise: ParityNoise
  ) throws {
    let rates =
      fixture.spec.has("lr_policy") ? try fixture.spec.section("lr_policy").numbers("lr_used_in_steps") : []
    for step in 1...max(1, try Model.steps(fixture.spec)) {
      noise.step = step
      if step <= rates.count { for (_, optimizer) in make.optimizers { optimizer.learningRate = rates[step - 1] } }
      let gradients = GradientRecord(make, step: step)
      let batch = try model.batch(fixture, step: step, type: make.elementType)
      for network in make.networks { network.outputs = step == 1 ? Trace() : nil }
      let (losses, forward) = try model.replay(batch, step: step, fixture, noise)
      for (name, value) in losses.entries { values["loss.step\(step).\(name)"] = value }
      add(forward: forward)
      if let missing = noise.missing {
        throw GanError.checkpoint("the draw \(missing) is missing or of another shape", at: fixture.path)
      }
      if step == 1 {
        let traces = make.networks.compactMap { network in network.outputs.map { (network.name, $0) } }
        add(forward: Model.trainingValues(Dictionary(uniqueKeysWithValues: traces)))
      }
      values.merge(gradients.values) { $1 }
      for (name, entry) in make.tensors {
        let value = entry.officialValue.copied()
        values["weights.step\(step).\(name)"] = value
        values["buffers.step\(step).\(name)"] = value
      }
    }
    keepExpected(fixture)
  }

  /// Keeps only what was asked for, so that a dump has exactly the keys of the expected values; a number may be stored
  /// with or without an axis.
  private mutating func keepExpected(_ fixture: ParityFixture) {
    for (key, value) in values {
      let shape = fixture.expected[key]?.shape
      values[key] = shape.map { value.count == 1 && $0.count == 1 ? value.reshaped(to: $0) : value }
    }
  }

  private mutating func add(forward found: [String: Tensor]) {
    for (key, value) in found { values["forward.\(key)"] = value.detached().toPyTorchPictures }
  }

  private static func load(
    _ weights: [String: Tensor], into make: ModelBuilder, path: String, isStored: (String) throws -> Bool
  ) throws {
    // Networks that are only run have weights of their own.
    var rest = weights.filter { !$0.key.hasPrefix("extra_") }
    var faults: [Diagnostic] = []
    for (name, entry) in make.tensors where try isStored(name) {
      guard let value = rest.removeValue(forKey: name) else {
        faults.append(Diagnostic("the tensor \(name) is missing", at: path))
        continue
      }
      if value.shape == entry.officialShape {
        // Constants stay, so that another one shows among the buffers.
        if !entry.isConstant { entry.assign(official: value) }
      } else {
        faults.append(Diagnostic("\(name): expected shape \(entry.officialShape), found \(value.shape)", at: path))
      }
    }
    faults += rest.keys.sorted().map { Diagnostic("\($0): this model has no such tensor", at: path) }
    if !faults.isEmpty { throw GanError(.checkpoint, Array(faults.prefix(10))) }
  }
}

/// The gradients that the optimizers are given in a step.
private final class GradientRecord {
  private(set) var values: [String: Tensor] = [:]

  init(_ make: ModelBuilder, step: Int) {
    for (_, optimizer) in make.optimizers {
      var count = 0
      optimizer.observer = { [weak self] slots, gradients in
        count += 1
        for (slot, gradient) in zip(slots, gradients) {
          let tensor = slot.entry.tensor
          self?.values["grad\(count == 1 ? "" : "\(count)").step\(step).\(slot.name)"] = slot.entry.layout.toOfficial(
            gradient ?? Tensor.zeros(tensor.shape, type: tensor.type))
        }
      }
    }
  }
}
