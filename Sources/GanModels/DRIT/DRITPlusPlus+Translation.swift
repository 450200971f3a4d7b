import GanNN
import GanTensor

extension DRITPlusPlus: MultimodalTranslator, LabelledTranslator, CyclicTranslator {
  package var targets: [TranslationTarget] { domains.map { .domain($0) } }

  /// `[count,domains]`.
  /// - Throws: `GanError` (usage) for a target that the model does not have.
  private func label(of target: TranslationTarget, count: Int, type: ElementType) throws -> Tensor {
    try require(target)
    let row = targets.map { $0 == target ? 1.0 : 0 }
    return Tensor((0..<count).flatMap { _ in row }, [count, row.count], type: type)
  }

  package func content(of pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try require(target)
    return encC(pictures)
  }

  package func randomAttributes(_ count: Int, _ noise: NoiseSource?, type: ElementType) -> Tensor {
    let shape: Shape = [count, options.networks.attributes]
    return noise?.normal("z", shape, type: type) ?? Tensor.zeros(shape, type: type)
  }

  /// Drawn from what the encoder finds likely, as in the official program; without noise the likeliest.
  package func attribute(of examples: Tensor, for target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let code = code(examples, try label(of: target, count: examples.shape[0], type: examples.type))
    guard let noise = pass.noise else { return code.mean }
    return code.sampled { noise.normal("eps", $0, type: examples.type) }
  }

  package func decode(
    _ content: Tensor, to target: TranslationTarget, attribute: Tensor, _ pass: Pass
  ) throws -> Tensor {
    gen(content, attribute, label: try label(of: target, count: content.shape[0], type: content.type))
  }

  /// Without an attribute, the mean of their distribution is taken: zeros.
  package func translate(_ pictures: Tensor, label: Tensor, attribute: Tensor?, _ pass: Pass) throws -> Tensor {
    let attribute = attribute ?? randomAttributes(pictures.shape[0], nil, type: pictures.type)
    return gen(encC(pictures), attribute, label: label)
  }

  /// The decoder, the same for all targets; the encoders are networks of their own.
  package func generator(for target: TranslationTarget) throws -> TensorStore {
    try require(target)
    return gen.tensors
  }

  /// The picture, and in each domain two translations with drawn attributes.
  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let first = try batch.labelled().pictures.first
    return try [Sample("input", first)]
      + zip(domains, targets).flatMap { name, target -> [Sample] in
        let content = try content(of: first, to: target, pass)
        return try ["1", "2"].map { number in
          let attribute = randomAttributes(1, pass.noise, type: first.type)
          return Sample("\(name), \(number)", try decode(content, to: target, attribute: attribute, pass))
        }
      }
  }
}
