import GanNN
import GanTensor

extension MUNIT {
  /// With drawn styles; without noise in the pass with the mean style.
  public func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try require(target)
    let mean = Tensor.zeros([pictures.shape[0], 1, 1, options.styleSize], type: pictures.type)
    let style = pass.noise.map { randomStyle($0, "style", for: pictures) } ?? mean
    return translate(pictures, to: target, style: style, pass)
  }

  /// With given styles `[N,1,1,styleSize]`.
  public func translate(_ pictures: Tensor, to target: TranslationTarget, style: Tensor, _ pass: Pass) -> Tensor {
    let (source, goal) = target == .aToB ? (genA, genB) : (genB, genA)
    return goal.decode(source.content(pictures, pass), style, pass)
  }

  /// The styles of pictures of the domain that `target` leads to; they need not have the size of what is translated.
  public func style(of examples: Tensor, for target: TranslationTarget, _ pass: Pass) -> Tensor {
    (target == .aToB ? genB : genA).style(examples, pass)
  }

  /// The decoder's network; the encoder's is the other one.
  public func generator(for target: TranslationTarget) throws -> TensorStore {
    try require(target)
    return target == .aToB ? stores.genB : stores.genA
  }

  public func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = (batch.a, batch.b)
    let fakeB = try translate(a, to: .aToB, pass), fakeA = try translate(b, to: .bToA, pass)
    let styleA = style(of: a, for: .bToA, pass), styleB = style(of: b, for: .aToB, pass)
    return [
      Sample("A", a), Sample("A to B", fakeB), Sample("in B's style", translate(a, to: .aToB, style: styleB, pass)),
      Sample("to A again", translate(fakeB, to: .bToA, style: styleA, pass)),
      Sample("B", b), Sample("B to A", fakeA), Sample("in A's style", translate(b, to: .bToA, style: styleA, pass)),
      Sample("to B again", translate(fakeA, to: .aToB, style: styleB, pass)),
    ]
  }

  // Styles are drawn when pictures are translated.
  public var hasTestTimeDropout: Bool { true }
}
