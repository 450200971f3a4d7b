import GanBase
import GanModels

/// Tells from logged losses whether a discriminator has won: whether its loss stays so close to its least possible value
/// that the generator learns nothing useful from it any more.
struct DiscriminatorSigns {
  /// Steps for which the loss must stay low.
  var steps = 600
  /// The adversarial loss, as the configuration names it.
  private let mode: String
  /// Names of losses, the sum of which is a discriminator's.
  private let losses: [[String]]
  private let data: DataKind
  /// Whether the least loss is not 0, because the labels of real pictures are not 1.
  private let isSmoothed: Bool

  init(_ model: ConfiguredModel) {
    func text(_ key: String) -> String? { model.values.first { $0.key == key }?.text }
    mode = text("gan_mode") ?? text("gan_type") ?? ""
    isSmoothed = text("label_smoothing").flatMap { Double($0) }.map { $0 > 0 } ?? false
    (losses, data) = (model.info.discriminatorLosses, model.info.data)
  }

  /// Below this a discriminator is hardly ever wrong. One that cannot tell real pictures has 0.25 or 0.5 with `lsgan`, 0.7
  /// or 1.4 with `vanilla` and 1 or 2 with `hinge`, or as many times that as it has scales. Wasserstein losses have no
  /// least value, so they say nothing, and smoothed labels keep a discriminator from being too sure.
  private var limit: Double? {
    switch mode {
    case "lsgan": isSmoothed ? nil : 0.004
    case "vanilla", "nsgan": isSmoothed ? nil : 0.01
    case "hinge": 0.01
    default: nil
    }
  }

  /// Takes in a line of the log.
  /// - Returns: a sentence if a discriminator has won.
  func note(_ means: [(name: String, value: Double)], step: Int, _ watch: inout RunWatch) -> String? {
    guard let limit else { return nil }
    var winner: String?
    for names in losses {
      let values = names.compactMap { name in means.first { $0.name == name }?.value }
      guard values.count == names.count else { continue }
      let name = names.joined(separator: " + ")
      guard values.reduce(0, +) < limit else {
        watch.lowSince[name] = nil
        continue
      }
      let since = watch.lowSince[name] ?? step
      watch.lowSince[name] = since
      if step - since >= steps { winner = winner ?? name }
    }
    return winner.map { name in
      "the discriminator has won: \(name) has stayed below \(short(limit)) for \(grouped(steps)) steps. \(meaning). \(rest)"
    }
  }

  /// What that means with the loss.
  private var meaning: String {
    switch mode {
    case "lsgan":
      "With lsgan the generator is still pushed, but the discriminator is too sure to say in which direction"
    case "hinge":
      "With hinge the discriminator learns nothing more from these pictures, and what it tells the generator is arbitrary"
    default:
      "With \(mode) what it tells the generator is then mostly noise"
    }
  }

  /// What that means with the model.
  private var rest: String {
    switch data {
    case .aligned, .single: "The distance to the targets still teaches, which makes blurred pictures"
    case .unaligned: "The other losses only ask to keep the input, so results may stay like it"
    case .domains: "The other losses still teach the domain, but not how real pictures look"
    }
  }
}
