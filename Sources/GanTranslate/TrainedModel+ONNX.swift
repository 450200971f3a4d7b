import GanBase
import GanModels
import GanNN
import GanONNX
import GanStore
import GanTensor
import GanWeights

extension TrainedModel {
  /// What was written into an ONNX file.
  package struct ONNXExport {
    package let target: TranslationTarget
    package let nodes: Int
    /// Which pictures it takes, for people.
    package let pictures: String
    /// Whether translations draw a dropout that the file does not have.
    package let leavesOutDropout: Bool
  }

  /// The translations that are networks of their own: one per direction, or one for all domains.
  package var separateTargets: [TranslationTarget] {
    model is any LabelledTranslator ? Array(model.targets.prefix(1)) : model.targets
  }

  /// Writes the translation to a target as an ONNX file: what `translate` computes, without dropout. Styles and labels are
  /// inputs.
  /// - Parameter isEvaluation: whether norms use running statistics where the official program does not.
  /// - Throws: `GanError`: (usage) for a target that the model does not have, and for networks that ONNX cannot
  ///   express, (checkpoint) if weights that the translation uses are random, (environment) if the file cannot be
  ///   written.
  package func writeONNX(
    _ target: TranslationTarget?, isEvaluation: Bool, to path: FilePath, program: String
  ) throws -> ONNXExport {
    let target = target ?? defaultTarget
    _ = try generator(target)
    guard model.inputs.masks == 0 else {
      throw GanError.usage(
        "\(info.name) cannot be written as ONNX: what it computes depends on the number of masks",
        help: "export its weights, as .pth or .safetensors")
    }
    if let missing = try missing(for: target) { throw missing.error("cannot export", at: self.path) }
    let rule = model.inputs.sizeRule, side = rule.covering(min(16, rule.most ?? 16))
    let other = (height: side + rule.multiple, width: side + 2 * rule.multiple)
    let weights = builder.networks.flatMap { store in store.entries.map { ($0.tensor, "\(store.name).\($0.key)") } }
    let onnx = try ONNXModel(
      computation(target, isEvaluation), side: side, other: rule.allows(other.width) ? other : nil,
      enlargement: model.inputs.enlargement, names: weights)
    let size = onnx.side.map { "\($0)x\($0) pixels" } ?? "height and width multiples of \(rule.multiple)"
    try onnx.write(
      to: path, version: program, metadata: metadata(target, size: onnx.side, isEvaluation: isEvaluation))
    return ONNXExport(
      target: target, nodes: onnx.nodes,
      pictures: size + (onnx.isBatchFree ? ", any number at once" : ", one at a time"),
      leavesOutDropout: !isEvaluation && model.needsTestTimeNoise && !(model is any MultimodalTranslator))
  }

  private func computation(_ target: TranslationTarget, _ isEvaluation: Bool) -> TracedComputation {
    let pass = Pass(isEvaluation ? .running : model.testTimeStatistics), model = model
    let channels = target == .bToA ? model.inputs.channels.b : model.inputs.channels.a
    let style = (model as? any MultimodalTranslator)?.randomAttributes(1, nil, type: .float32).shape
    var vectors: [(name: String, size: Int)] = []
    if let style { vectors.append(("style", style.count)) }
    if let model = model as? any LabelledTranslator { vectors.append(("label", model.labelNames.count)) }
    return TracedComputation(channels: channels, vectors: vectors) { pictures, vectors in
      let attribute = style.map { vectors[0].reshaped(to: $0.with(pictures.shape[0], at: 0)) }
      if let model = model as? any LabelledTranslator, let label = vectors.last {
        return try model.translate(pictures, label: label, attribute: attribute, pass)
      }
      if let model = model as? any MultimodalTranslator, let attribute {
        return try model.translate(pictures, to: target, attribute: attribute, pass)
      }
      return try model.translate(pictures, to: target, pass)
    }
  }

  private func metadata(
    _ target: TranslationTarget, size: Int?, isEvaluation: Bool
  ) -> [(key: String, value: String)] {
    let rule = model.inputs.sizeRule
    var metadata = [
      ("model", info.name), ("input_range", "-1..1: level / 127.5 - 1"), ("layout", "NCHW"),
      ("channels", "RGB, or gray if there is one"),
      ("output_levels", info.roundsLevels ? "round((output + 1) * 127.5)" : "floor((output + 1) * 127.5)"),
    ]
    if model.inputs.enlargement > 1 { metadata.append(("scale", "\(model.inputs.enlargement)")) }
    if let size {
      metadata.append(("size", "\(size)"))
    } else {
      metadata += [("size_multiple", "\(rule.multiple)"), ("size_least", "\(rule.least)")]
    }
    if model.testTimeStatistics != .running {
      metadata.append(("statistics", isEvaluation ? "running" : "of the picture"))
    }
    if model is any MultimodalTranslator { metadata.append(("style", "standard normal numbers")) }
    if let model = model as? any LabelledTranslator {
      let names = model.labelNames.joined(separator: ",")
      metadata.append(("label", names + ": 1 for what the result should be, else 0"))
    } else {
      metadata.append(("direction", target.name))
    }
    return metadata.map { (key: $0.0, value: $0.1) }
  }
}
