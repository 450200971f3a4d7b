import GanNN
import GanTensor

// The passes of a training step, whose results its losses compare.

extension MUNIT {
  /// For both steps: the generators change only at the end of theirs.
  package func contents(of real: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    (gen.a.content(real.a, Pass(.batch)), gen.b.content(real.b, Pass(.batch)))
  }

  /// Translations that discriminators learn from.
  package func fakes(_ contents: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    let styleA = randomStyle("dis.s_a", for: contents.a), styleB = randomStyle("dis.s_b", for: contents.b)
    return (gen.a.decode(contents.b, styleA, pass), gen.b.decode(contents.a, styleB, pass))
  }

  /// A style for each of the pictures whose contents these are.
  private func randomStyle(_ key: String, for contents: Tensor) -> Tensor {
    noise.normal(key, [contents.shape[0], 1, 1, options.styleSize], type: contents.type)
  }

  /// What the generators' losses compare.
  package struct Translations {
    /// Drawn.
    package let styleA: Tensor, styleB: Tensor
    /// Of the pictures.
    package let ownStyleA: Tensor, ownStyleB: Tensor
    package let reconA: Tensor, reconB: Tensor
    package let fakeA: Tensor, fakeB: Tensor
    /// Found again: `recodedStyleA` and the content of B in `fakeA`.
    package let recodedContentA: Tensor, recodedContentB: Tensor, recodedStyleA: Tensor, recodedStyleB: Tensor
  }

  package func translations(
    of real: (a: Tensor, b: Tensor), _ contents: (a: Tensor, b: Tensor)
  ) -> Translations {
    let pass = Pass(.batch)
    let styleA = randomStyle("gen.s_a", for: contents.a), styleB = randomStyle("gen.s_b", for: contents.b)
    let ownStyleA = gen.a.style(real.a, pass), ownStyleB = gen.b.style(real.b, pass)
    let ofA = together([[contents.a, ownStyleA], [contents.b, styleA]]) { [gen.a.decode($0[0], $0[1], pass)] }
    let ofB = together([[contents.a, styleB], [contents.b, ownStyleB]]) { [gen.b.decode($0[0], $0[1], pass)] }
    let (reconA, fakeA, fakeB, reconB) = (ofA[0][0], ofA[1][0], ofB[0][0], ofB[1][0])
    return Translations(
      styleA: styleA, styleB: styleB, ownStyleA: ownStyleA, ownStyleB: ownStyleB, reconA: reconA, reconB: reconB,
      fakeA: fakeA, fakeB: fakeB,
      recodedContentA: gen.b.content(fakeB, pass), recodedContentB: gen.a.content(fakeA, pass),
      recodedStyleA: gen.a.style(fakeA, pass), recodedStyleB: gen.b.style(fakeB, pass))
  }

  /// Back to the first domain with the picture's own style.
  package func cycles(_ t: Translations) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    return (gen.a.decode(t.recodedContentA, t.ownStyleA, pass), gen.b.decode(t.recodedContentB, t.ownStyleB, pass))
  }
}
