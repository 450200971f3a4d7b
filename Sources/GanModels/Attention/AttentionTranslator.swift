import GanNN
import GanTensor

/// NICE-GAN and U-GAT-IT: generators whose adaptive norms follow what a classifier of their features looks at.
protocol AttentionTranslator: TwoSidedTranslator {
  var head: HeadOptions { get }
  var showsHeatmaps: Bool { get }
  /// A translation, and where the network looks, `[N,h,w,1]`, with its label on sample sheets.
  func attend(
    to pictures: Tensor, translating target: TranslationTarget, _ pass: Pass
  ) throws -> (picture: Tensor, map: Tensor, label: String)
}

extension AttentionTranslator {
  package func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try require(target)
    try head.check(pictures)
    return try attend(to: pictures, translating: target, pass).picture
  }

  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides()
    return try samples(a, "A", to: .aToB, "B", pass) + samples(b, "B", to: .bToA, "A", pass)
  }

  private func samples(
    _ pictures: Tensor, _ own: String, to target: TranslationTarget, _ other: String, _ pass: Pass
  ) throws -> [Sample] {
    let made = try attend(to: pictures, translating: target, pass)
    let again = try attend(to: made.picture, translating: target == .aToB ? .bToA : .aToB, pass).picture
    let shape = pictures.shape
    let heatmap =
      showsHeatmaps ? [Sample(made.label, heatmapPictures(made.map, height: shape[1], width: shape[2]))] : []
    return [Sample(own, pictures)] + heatmap
      + [Sample("\(own) to \(other)", made.picture), Sample("to \(own) again", again)]
  }
}

/// The losses of both domains, minimized together.
struct DomainLosses {
  var a = LossSum(), b = LossSum()

  var total: Tensor { a.total + b.total }

  /// With the total of each domain before its terms.
  func logged(_ kind: String) -> Losses {
    ["\(kind)_loss_A": a.total] + a.terms + ["\(kind)_loss_B": b.total] + b.terms
  }

  /// What a step of the discriminators alone logs.
  var loggedAlone: Losses { ["Discriminator_loss": total] + logged("D") }

  /// What a step logs.
  static func logged(discriminators d: DomainLosses, generators g: DomainLosses) -> Losses {
    ["Discriminator_loss": d.total, "Generator_loss": g.total] + d.logged("D") + g.logged("G")
  }
}
