import GanNN
import GanTensor

extension StyleTranslator {
  package func content(of pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try generators(for: target).source.content(pictures, pass)
  }

  /// Styles `[N,1,1,styleSize]`.
  package func randomAttributes(_ count: Int, _ noise: NoiseSource?, type: ElementType) -> Tensor {
    let shape: Shape = [count, 1, 1, pictureOptions.styleSize]
    return noise?.normal("style", shape, type: type) ?? Tensor.zeros(shape, type: type)
  }

  package func attribute(of examples: Tensor, for target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try generators(for: target).goal.style(examples, pass)
  }

  package func decode(
    _ content: Tensor, to target: TranslationTarget, attribute: Tensor, _ pass: Pass
  ) throws -> Tensor {
    try generators(for: target).goal.decode(content, attribute, pass)
  }

  package var attributeSizeRule: SizeRule { SizeRule(multiple: 1, least: MUNITGenerator.leastStyleSize) }

  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides()
    let fakeB = try translate(a, to: .aToB, pass), fakeA = try translate(b, to: .bToA, pass)
    let styleA = try attribute(of: a, for: .bToA, pass), styleB = try attribute(of: b, for: .aToB, pass)
    return [
      Sample("A", a, boxes: batch.boxes.a), Sample("A to B", fakeB),
      Sample("in B's style", try translate(a, to: .aToB, attribute: styleB, pass)),
      Sample("to A again", try translate(fakeB, to: .bToA, attribute: styleA, pass)),
      Sample("B", b, boxes: batch.boxes.b), Sample("B to A", fakeA),
      Sample("in A's style", try translate(b, to: .bToA, attribute: styleA, pass)),
      Sample("to B again", try translate(fakeA, to: .aToB, attribute: styleB, pass)),
    ]
  }
}
