import GanNN
import GanTensor

extension StarGAN {
  package var targets: [TranslationTarget] {
    switch options.domains.kind {
    case .classes: domains.map { .domain($0) }
    case .attributes: domains.map { .attributes([$0]) }
    }
  }

  /// `[count,D]`.
  /// - Throws: `GanError` (usage) for a target that the model does not have.
  func label(of target: TranslationTarget, count: Int, type: ElementType) throws -> Tensor {
    let wanted: Set<String>
    switch (target, options.domains.kind) {
    case (.domain(let name), .classes): wanted = [name]
    case (.attributes(let names), .attributes): wanted = names
    default: throw refusal(of: target)
    }
    guard wanted.isSubset(of: domains) else { throw refusal(of: target) }
    let row = domains.map { wanted.contains($0) ? 1.0 : 0 }
    return Tensor((0..<count).flatMap { _ in row }, [count, domains.count], type: type)
  }

  /// The picture, then what becomes of it in each domain, or with each attribute changed.
  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (pictures, labels) = try batch.labelled()
    let own = labels.floats.prefix(domains.count)
    let attributes = Set(zip(domains, own).filter { $1 > 0.5 }.map(\.0))
    let first = pictures.sliced(0..<1, axis: 0)
    return try [Sample("input", first)]
      + domains.map { name in
        let target: TranslationTarget =
          options.domains.kind == .classes
          ? .domain(name) : .attributes(AttributeChange.toggled(name, in: attributes))
        return Sample(name, try translate(first, to: target, pass))
      }
  }
}

/// How attributes of a picture are changed.
package enum AttributeChange {
  /// Of these a person has one.
  static let hairColours: Set = ["Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair"]

  /// Whether an attribute must be off because of those that are on.
  package static func isDecided(_ name: String, by attributes: Set<String>) -> Bool {
    hairColours.contains(name) && !attributes.isDisjoint(with: hairColours)
  }

  /// What the official program makes of a picture for one attribute: a hair colour replaces the others, anything else
  /// is turned into its opposite.
  package static func toggled(_ name: String, in attributes: Set<String>) -> Set<String> {
    hairColours.contains(name)
      ? setting(name, to: true, in: attributes) : attributes.symmetricDifference([name])
  }

  /// An attribute switched on or off; a hair colour that is switched on replaces the others.
  package static func setting(_ name: String, to isOn: Bool, in attributes: Set<String>) -> Set<String> {
    guard isOn else { return attributes.subtracting([name]) }
    return (hairColours.contains(name) ? attributes.subtracting(hairColours) : attributes).union([name])
  }
}
