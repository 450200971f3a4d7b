import GanNN
import GanTensor

extension DRIT {
  /// What the losses of a step compare.
  package struct Translations {
    /// Attributes drawn: one, or two with mode seeking; the same ones for both domains.
    package let drawn: [Tensor]
    package let contentA: Tensor, contentB: Tensor
    package let codeA: AttributeCode, codeB: AttributeCode
    package let attributeA: Tensor, attributeB: Tensor
    /// The other domain's content with this domain's attribute.
    package let fakeA: Tensor, fakeB: Tensor
    /// The own content with the own attribute.
    package let selfA: Tensor, selfB: Tensor
    /// The other domain's content with drawn attributes.
    package let randomA: [Tensor], randomB: [Tensor]
    /// Of `fakeA` and `fakeB`: contents found again (`recontentA` in `fakeB`), attributes, and from both the pictures
    /// again.
    package let recontentA: Tensor, recontentB: Tensor
    package let refoundA: AttributeCode, refoundB: AttributeCode
    package let reattributeA: Tensor, reattributeB: Tensor
    package let reconA: Tensor, reconB: Tensor
    /// Attributes found again in the first of `randomA` and `randomB`.
    package let recodedA: AttributeCode, recodedB: AttributeCode
    /// How far objects of A's picture are from those of `fakeB`; nil where none are looked at.
    package let instanceDistance: Tensor?
  }

  /// With the noise that blurs them in training.
  func contents(_ a: Tensor, _ b: Tensor) -> (a: Tensor, b: Tensor) {
    (blurred(encC.a(a), "noise_content_a"), blurred(encC.b(b), "noise_content_b"))
  }

  private func blurred(_ content: Tensor, _ key: String) -> Tensor { content + draw(key, content.shape, content) }

  private func draw(_ key: String, _ shape: Shape, _ like: Tensor) -> Tensor {
    noise.normal(key, shape, type: like.type)
  }

  /// - Parameters:
  ///   - a: one picture of each domain.
  ///   - objects: of A's picture, which go into its translations and the way back from `fakeB`.
  package func translations(_ a: Tensor, _ b: Tensor, _ objects: PictureObjects? = nil) -> Translations {
    let contents = contents(a, b)
    let codeA = encA.a(a), codeB = encA.b(b)
    let attributeA = codeA.sampled { draw("eps_attr_a", $0, a) }
    let attributeB = codeB.sampled { draw("eps_attr_b", $0, b) }
    let drawn = (options.seeksModes ? ["z_random", "z_random2"] : ["z_random"])
      .map { draw($0, [1, options.networks.attributes], a) }
    // One pass of each decoder for all of its pictures.
    let madeA = decode(gen.a, others: contents.b, own: contents.a, attributeA, drawn)
    let codes = objects.map { $0.branches.there.network.codes(of: a, $0.boxes) }
    let madeB = decode(gen.b, others: contents.a, own: contents.b, attributeB, drawn, codes)
    let recodes = objects.map { $0.branches.back.network.codes(of: madeB.fake, $0.boxes) }
    let recontentB = blurred(encC.a(madeA.fake), "noise_content_recon_b")
    let recontentA = blurred(encC.b(madeB.fake), "noise_content_recon_a")
    let refoundA = encA.a(madeA.fake), refoundB = encA.b(madeB.fake)
    let reattributeA = refoundA.sampled { draw("eps_attr_recon_a", $0, a) }
    let reattributeB = refoundB.sampled { draw("eps_attr_recon_b", $0, b) }
    return Translations(
      drawn: drawn, contentA: contents.a, contentB: contents.b, codeA: codeA, codeB: codeB, attributeA: attributeA,
      attributeB: attributeB, fakeA: madeA.fake, fakeB: madeB.fake, selfA: madeA.own, selfB: madeB.own,
      randomA: madeA.random, randomB: madeB.random, recontentA: recontentA, recontentB: recontentB,
      refoundA: refoundA, refoundB: refoundB, reattributeA: reattributeA, reattributeB: reattributeB,
      reconA: recodes.map { $0.decode(gen.a, recontentA, reattributeA) } ?? gen.a(recontentA, reattributeA, label: nil),
      reconB: gen.b(recontentB, reattributeB, label: nil),
      recodedA: encA.a(madeA.random[0]), recodedB: encA.b(madeB.random[0]),
      instanceDistance: codes.flatMap { codes in recodes.map { $0.codes.l1(codes.codes) } })
  }

  /// - Parameter objects: of the picture whose content `others` is.
  private func decode(
    _ decoder: any AttributeDecoder, others: Tensor, own: Tensor, _ attribute: Tensor, _ drawn: [Tensor],
    _ objects: ObjectCodes? = nil
  ) -> (fake: Tensor, own: Tensor, random: [Tensor]) {
    if let objects {
      return (
        objects.decode(decoder, others, attribute), decoder(own, attribute, label: nil),
        drawn.map { objects.decode(decoder, others, $0) }
      )
    }
    let pictures = together([[others, attribute], [own, attribute]] + drawn.map { [others, $0] }) {
      [decoder($0[0], $0[1], label: nil)]
    }.map { $0[0] }
    return (pictures[0], pictures[1], Array(pictures[2...]))
  }
}

/// How little the pictures of two attributes differ, for how far the attributes are apart (Mao et al. 2019,
/// equation 2, turned around so that it is to be made small).
/// - Parameters: two of each.
func modeSeeking(_ pictures: [Tensor], _ attributes: [Tensor]) -> Tensor {
  (pictures[1].l1(pictures[0]) / attributes[1].l1(attributes[0]) + 1e-5).reciprocal()
}

extension Tensor {
  /// The first picture of a batch, and those behind it.
  package var first: Tensor { sliced(0..<1, axis: 0) }
  package var rest: Tensor { sliced(1..<shape[0], axis: 0) }
}
