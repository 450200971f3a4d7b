import GanConfig
import GanNN

/// What a generator and its discriminator play for.
package struct AdversarialOptions: Settings, Equatable, Sendable {
  package var loss: AdversarialLoss
  @Scheduled package var penaltyWeight = 10.0

  package init() { self.init(.vanilla) }
  package init(_ loss: AdversarialLoss) { self.loss = loss }

  package static let options: [Option<AdversarialOptions>] = [
    .choice("gan_mode", \.loss, "adversarial loss"),
    .weight("lambda_gp", \.$penaltyWeight, in: 0...1e6, "weight of the gradient penalty with gan_mode: wgangp"),
  ]
}
