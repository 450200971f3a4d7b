import GanNN
import GanTensor

extension UGATIT {
  package typealias Verdict = (global: UGATITDiscriminator.Judgement, local: UGATITDiscriminator.Judgement)

  /// The discriminators of one domain.
  package struct Judges {
    let global: UGATITDiscriminator, local: UGATITDiscriminator

    package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Verdict { (global(x, pass), local(x, pass)) }

    func judgedReal(_ verdict: Verdict) {
      global.judgedReal(verdict.global.map)
      local.judgedReal(verdict.local.map)
    }
  }

  func discriminatorLoss(_ domain: String, real: Verdict, fake: Verdict) -> LossSum {
    func loss(_ real: Tensor, _ fake: Tensor) -> Tensor {
      options.adversarial.discriminator(real: real, fake: fake).total
    }
    let weight = options.adversarialWeight
    var sum = LossSum()
    for (kind, real, fake) in [("G", real.global, fake.global), ("L", real.local, fake.local)] {
      sum.add("D_ad_loss_\(kind)\(domain)", loss(real.map, fake.map), weight: weight)
      sum.add("D_ad_cam_loss_\(kind)\(domain)", loss(real.cam, fake.cam), weight: weight)
    }
    return sum
  }

  /// Of the generator into a domain: its classifier should know pictures of the other one from those of this one.
  func generatorLoss(
    _ domain: String, real: Tensor, fake: Translation, judges: Judges, cycle: Translation, same: Translation
  ) -> LossSum {
    let weight = options.adversarialWeight
    let cam = fake.cam.binaryCrossEntropy(label: 1) + same.cam.binaryCrossEntropy(label: 0)
    var sum = LossSum()
    let judged = judges(fake.picture, Pass(.batch))
    for (kind, judged, d) in [("G", judged.global, judges.global), ("L", judged.local, judges.local)] {
      func loss(_ part: (UGATITDiscriminator.Judgement) -> Tensor) -> Tensor {
        options.adversarial.generator(part(judged)) { part(d(real, Pass(.batchWithoutUpdate))) }
      }
      sum.add("G_ad_loss_\(kind)\(domain)", loss(\.map), weight: weight)
      sum.add("G_ad_cam_loss_\(kind)\(domain)", loss(\.cam), weight: weight)
    }
    sum.add("G_recon_loss_\(domain)", cycle.picture.l1(real), weight: options.cycleWeight)
    sum.add("G_identity_loss_\(domain)", same.picture.l1(real), weight: options.identityWeight)
    sum.add("G_cam_loss_\(domain)", cam, weight: options.camWeight)
    return sum
  }
}
