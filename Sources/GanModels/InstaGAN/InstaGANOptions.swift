import GanConfig
import GanNN

/// In which order the instances of a picture are translated.
package enum InstanceOrder: String, CaseIterable, Sendable {
  /// The largest first.
  case decreasing
  case random
}

/// How many instances are translated, and how.
package struct InstanceOptions: Settings, Equatable, Sendable {
  package var order = InstanceOrder.decreasing
  package var most = 4
  package var atOnce = 2

  package init() {}

  package static let options: [Option<InstanceOptions>] = [
    .choice(
      "set_order", \.order,
      "order in which instances are translated; whatever it is, the largest ones are taken if there are more than ins_max"
    ),
    .integer("ins_max", \.most, in: 1...64, "instances of a training picture that are translated at most"),
    .integer(
      "ins_per", \.atOnce, in: 1...64,
      "instances translated at a time: the memory of a step grows with it, the number of steps falls"),
  ]

  package func problems() -> [SettingsProblem] {
    if most < atOnce {
      return [
        SettingsProblem(
          "ins_max", "ins_max \(most) is smaller than ins_per \(atOnce), so no instance would be translated",
          help: "make ins_max a multiple of ins_per")
      ]
    }
    guard most % atOnce != 0 else { return [] }
    return [
      SettingsProblem(
        "ins_max", "ins_max \(most) is not a multiple of ins_per \(atOnce): the rest would never be translated",
        help: "use ins_max: \(most / atOnce * atOnce) or \((most / atOnce + 1) * atOnce)")
    ]
  }
}

extension InstanceOptions {
  /// The instances of a picture that are translated, in their order.
  /// - Parameters:
  ///   - picture: its largest masks first.
  ///   - permutation: gives a random order of so many.
  package func chosen(of picture: InstancePicture, permutation: (Int) -> [Int]) -> InstancePicture {
    let largest = picture.group(0..<min(picture.count, most))
    return order == .random && largest.count > 1 ? largest.selecting(permutation(largest.count)) : largest
  }
}

package struct InstaGANOptions: Settings, Equatable, Sendable {
  package var generatorWidth = 64
  package var blocks = 9
  package var discriminatorWidth = 64
  package var loss = AdversarialLoss.lsgan
  package var instances = InstanceOptions()
  @Scheduled package var lambdaA = 10.0
  @Scheduled package var lambdaB = 10.0
  @Scheduled package var lambdaIdentity = 1.0
  @Scheduled package var lambdaContext = 1.0
  package var poolSize = 50
  package var optimizer = OptimizerOptions()
  package var upsampling = UpsamplingOptions()

  package init() {}

  package static let options: [Option<InstaGANOptions>] =
    [
      .integer("ngf", \.generatorWidth, in: 1...512, "channels of the generators' first layer"),
      .integer("n_blocks", \.blocks, in: 1...64, "residual blocks of each encoder"),
      .integer("ndf", \.discriminatorWidth, in: 1...512, "channels of the discriminators' first layer"),
      .choice("gan_mode", \.loss, "adversarial loss: lsgan, vanilla or hinge"),
    ] + Option.all(of: \.instances) + [
      .weight("lambda_a", \.$lambdaA, in: 0...1e6, "weight of the cycle A to B to A, of pictures and masks"),
      .weight("lambda_b", \.$lambdaB, in: 0...1e6, "weight of the cycle B to A to B"),
      .weight(
        "lambda_identity", \.$lambdaIdentity, in: 0...1e6,
        "weight of the identity loss, relative to the cycles: pictures of the target side should not change; 0: none"),
      .weight(
        "lambda_ctx", \.$lambdaContext, in: 0...1e6,
        "weight of the context loss, relative to the cycles: what is outside of all masks should not change"),
      .integer(
        "pool_size", \.poolSize, in: 0...10_000,
        "size of the pool of earlier translations that the discriminators see again"),
    ] + Option.all(of: \.optimizer) + Option.all(of: \.upsampling)

  package func problems() -> [SettingsProblem] {
    let wasserstein =
      loss.isWasserstein
      ? [
        SettingsProblem(
          "gan_mode", "gan_mode: \(loss.rawValue) does not suit instagan",
          help: "use lsgan, vanilla or hinge")
      ] : []
    return wasserstein + instances.problems() + optimizer.problems()
  }
}
