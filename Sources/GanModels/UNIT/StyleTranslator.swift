import GanNN
import GanTensor

/// A model of MUNIT's kind: an autoencoder with contents and styles for each domain.
package protocol StyleTranslator: AutoencoderTranslator, MultimodalTranslator where Generator == MUNITGenerator {
  /// The networks and the weights of losses of whole pictures.
  var pictureOptions: MUNIT.Options { get }
  var perceptual: PerceptualLoss { get }
  var noise: NoiseSource { get }
}

/// What the losses of a step compare, of pictures or of parts of them.
package struct StyleTranslations {
  /// Drawn, or of other pictures.
  package let styleA: Tensor, styleB: Tensor
  /// Of the pictures.
  package let ownStyleA: Tensor, ownStyleB: Tensor
  package let reconA: Tensor, reconB: Tensor
  package let fakeA: Tensor, fakeB: Tensor
  /// Found again: `recodedStyleA` and the content of B in `fakeA`.
  package let recodedContentA: Tensor, recodedContentB: Tensor, recodedStyleA: Tensor, recodedStyleB: Tensor
}

// The passes of a training step, whose results its losses compare.

extension StyleTranslator {
  /// For both steps: the generators change only at the end of theirs.
  package func contents(of real: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    (gen.a.content(real.a, Pass(.batch)), gen.b.content(real.b, Pass(.batch)))
  }

  /// A drawn style of each domain, for each of the pictures whose contents these are.
  /// - Parameter phase: `dis` or `gen`.
  package func randomStyles(_ phase: String, for contents: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    func style(_ key: String, _ contents: Tensor) -> Tensor {
      noise.normal("\(phase).\(key)", [contents.shape[0], 1, 1, pictureOptions.styleSize], type: contents.type)
    }
    let a = style("s_a", contents.a)
    return (a, style("s_b", contents.b))
  }

  /// Translations that discriminators learn from.
  package func fakes(
    _ contents: (a: Tensor, b: Tensor), _ styles: (a: Tensor, b: Tensor)
  ) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    return (gen.a.decode(contents.b, styles.a, pass), gen.b.decode(contents.a, styles.b, pass))
  }

  /// - Parameters:
  ///   - styles: of A and B, for the translations.
  ///   - ownStyles: of the pictures.
  package func translations(
    _ contents: (a: Tensor, b: Tensor), _ styles: (a: Tensor, b: Tensor), ownStyles: (a: Tensor, b: Tensor)
  ) -> StyleTranslations {
    translations(contents, [styles], ownStyles: ownStyles)[0]
  }

  /// The same with several styles, whose results share the pictures decoded from their own codes.
  package func translations(
    _ contents: (a: Tensor, b: Tensor), _ styles: [(a: Tensor, b: Tensor)], ownStyles: (a: Tensor, b: Tensor)
  ) -> [StyleTranslations] {
    let pass = Pass(.batch), last = styles.count
    let ofA = together([[contents.a, ownStyles.a]] + styles.map { [contents.b, $0.a] }) {
      [gen.a.decode($0[0], $0[1], pass)]
    }
    let ofB = together(styles.map { [contents.a, $0.b] } + [[contents.b, ownStyles.b]]) {
      [gen.b.decode($0[0], $0[1], pass)]
    }
    return styles.enumerated().map { index, styles in
      let fakeA = ofA[index + 1][0], fakeB = ofB[index][0]
      return StyleTranslations(
        styleA: styles.a, styleB: styles.b, ownStyleA: ownStyles.a, ownStyleB: ownStyles.b, reconA: ofA[0][0],
        reconB: ofB[last][0], fakeA: fakeA, fakeB: fakeB,
        recodedContentA: gen.b.content(fakeB, pass), recodedContentB: gen.a.content(fakeA, pass),
        recodedStyleA: gen.a.style(fakeA, pass), recodedStyleB: gen.b.style(fakeB, pass))
    }
  }

  /// Of pictures.
  package func ownStyles(of real: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    (gen.a.style(real.a, Pass(.batch)), gen.b.style(real.b, Pass(.batch)))
  }

  /// Back to the first domain with the picture's own style.
  package func cycles(_ t: StyleTranslations) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    return (gen.a.decode(t.recodedContentA, t.ownStyleA, pass), gen.b.decode(t.recodedContentB, t.ownStyleB, pass))
  }

  /// The losses of whole pictures.
  /// - Parameter adv: what the discriminators say of the translations.
  func addPictureLosses(
    _ t: StyleTranslations, real: (a: Tensor, b: Tensor), _ contents: (a: Tensor, b: Tensor),
    _ adv: (a: Tensor, b: Tensor), to sum: inout LossSum
  ) throws {
    let options = pictureOptions
    sum.add(("gen_adv_a", adv.a), ("gen_adv_b", adv.b), weight: options.ganWeight)
    sum.add(
      ("gen_recon_x_a", t.reconA.l1(real.a)), ("gen_recon_x_b", t.reconB.l1(real.b)),
      weight: options.reconstructionWeight)
    sum.add(
      ("gen_recon_s_a", t.recodedStyleA.l1(t.styleA)), ("gen_recon_s_b", t.recodedStyleB.l1(t.styleB)),
      weight: options.styleWeight)
    // The original's content is moved as well as the translation's.
    sum.add(
      ("gen_recon_c_a", t.recodedContentA.l1(contents.a)), ("gen_recon_c_b", t.recodedContentB.l1(contents.b)),
      weight: options.contentWeight)
    let (cycleA, cycleB) = cycleLosses(t, real)
    sum.add(("gen_cycrecon_x_a", cycleA), ("gen_cycrecon_x_b", cycleB), weight: options.cycleWeight)
    try perceptual.add((t.fakeA, t.fakeB), from: real, to: &sum)
  }

  private func cycleLosses(_ t: StyleTranslations, _ real: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    let none = Tensor.zeros([], type: real.a.type)
    guard pictureOptions.cycleWeight > 0 else { return (none, none) }
    let cycles = cycles(t)
    return (cycles.a.l1(real.a), cycles.b.l1(real.b))
  }
}
