import GanNN
import GanTensor

extension DRITPlusPlus {
  /// What the losses of a step compare. Of whatever is `[N,...]`, the first half belongs to the pictures of the batch's
  /// first half.
  package struct Translations {
    /// `[N/2,attributes]`, for both halves.
    let drawn: Tensor
    package let content: Tensor
    package let code: AttributeCode, attribute: Tensor
    /// In the domain and with the attribute of these pictures, with the content of the other half.
    package let fakes: Tensor
    /// Own content, own attribute.
    package let selves: Tensor
    /// As `fakes`, with drawn attributes.
    package let randoms: Tensor
    /// Found again in `fakes`: contents (so the first half is that of the second half's pictures), attributes, and from
    /// both the pictures again.
    package let recontent: Tensor
    package let refound: AttributeCode, reattribute: Tensor
    package let recons: Tensor
    /// Attributes found again in `randoms`.
    package let recoded: AttributeCode
  }

  /// With the noise that blurs it in training.
  func content(_ x: Tensor) -> Tensor { blurred(encC(x), "noise_content") }

  /// What the attribute encoder says of pictures of known domains.
  package func code(_ x: Tensor, _ labels: Tensor) -> AttributeCode { encA(x.joined(with: labels)) }

  private func blurred(_ content: Tensor, _ key: String) -> Tensor {
    content + noise.normal(key, content.shape, type: content.type)
  }

  package func translations(_ x: Tensor, _ labels: Tensor) -> Translations {
    let half = x.shape[0] / 2
    func draw(_ key: String, _ shape: Shape) -> Tensor { noise.normal(key, shape, type: x.type) }
    let content = content(x)
    let code = code(x, labels), attribute = code.sampled { draw("eps_attr", $0) }
    let drawn = draw("z_random", [half, options.networks.attributes])
    // One pass of the decoder for all: of both halves the translations, the pictures themselves, and again the
    // translations with drawn attributes.
    let swapped = content.swappedHalves, drawnTwice = Tensor.concatenated([drawn, drawn], axis: 0)
    let parts = together([
      [swapped, attribute, labels], [content, attribute, labels], [swapped, drawnTwice, labels],
    ]) { [gen($0[0], $0[1], label: $0[2])] }.map { $0[0] }
    let recontent = blurred(encC(parts[0]), "noise_content_recon")
    let refound = self.code(parts[0], labels), reattribute = refound.sampled { draw("eps_attr_recon", $0) }
    return Translations(
      drawn: drawn, content: content, code: code, attribute: attribute, fakes: parts[0], selves: parts[1],
      randoms: parts[2], recontent: recontent, refound: refound, reattribute: reattribute,
      recons: gen(recontent.swappedHalves, reattribute, label: labels), recoded: self.code(parts[2], labels))
  }
}

extension Tensor {
  /// Of the first axis, which has an even size.
  package var halves: (Tensor, Tensor) {
    let half = shape[0] / 2
    return (sliced(0..<half, axis: 0), sliced(half..<shape[0], axis: 0))
  }

  fileprivate var swappedHalves: Tensor {
    let (first, second) = halves
    return Tensor.concatenated([second, first], axis: 0)
  }
}
