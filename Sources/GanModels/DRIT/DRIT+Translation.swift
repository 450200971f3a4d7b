import GanBase
import GanNN
import GanTensor

extension DRIT: MultimodalTranslator, TwoSidedTranslator {
  package func content(of pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try choose(target, aToB: encC.a, bToA: encC.b)(pictures)
  }

  package func randomAttributes(_ count: Int, _ noise: NoiseSource?, type: ElementType) -> Tensor {
    let shape: Shape = [count, options.networks.attributes]
    return noise?.normal("z", shape, type: type) ?? Tensor.zeros(shape, type: type)
  }

  /// Drawn from what the encoder finds likely, as in the official program; without noise the likeliest.
  package func attribute(of examples: Tensor, for target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let encoder: any AttributeEncoder = try choose(target, aToB: encA.b, bToA: encA.a)
    let code = encoder(examples)
    guard let noise = pass.noise else { return code.mean }
    return code.sampled { noise.normal("eps", $0, type: examples.type) }
  }

  package func decode(
    _ content: Tensor, to target: TranslationTarget, attribute: Tensor, _ pass: Pass
  ) throws -> Tensor {
    let decoder: any AttributeDecoder = try choose(target, aToB: gen.b, bToA: gen.a)
    return decoder(content, attribute, label: nil)
  }

  /// The decoders' network; the encoders are others.
  package func generator(for target: TranslationTarget) throws -> TensorStore {
    try require(target)
    return gen.tensors
  }

  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides()
    return try samples("A", a, to: .aToB, "B", pass) + samples("B", b, to: .bToA, "A", pass)
  }

  /// The picture, translations with drawn attributes, and the first of these translated back with the picture's own.
  /// - Parameters:
  ///   - objects: of the picture, for DUNIT.
  ///   - boxes: drawn into it.
  func samples(
    _ own: String, _ pictures: Tensor, to target: TranslationTarget, _ other: String, _ pass: Pass,
    _ objects: ObjectCodes? = nil, boxes: [Box] = []
  ) throws -> [Sample] {
    let content = try content(of: pictures, to: target, pass)
    let made = try (1...3).map { index -> Sample in
      let attributes = randomAttributes(pictures.shape[0], pass.noise, type: pictures.type)
      let picture =
        try objects?.decode(gen.b, content, attributes) ?? decode(content, to: target, attribute: attributes, pass)
      return Sample("\(own) to \(other), \(index)", picture)
    }
    let again = try reconstruct(made[0].pictures, of: pictures, to: wayBack(from: target), pass)
    return [Sample(own, pictures, boxes: boxes.isEmpty ? [] : [boxes])] + made + [Sample("to \(own) again", again)]
  }
}
