import GanNN
import GanTensor

/// Which of two data sets labels are about.
enum LabelSource {
  case first, second
}

extension StarGAN {
  package var targets: [TranslationTarget] {
    let second = options.domains.second.map { TranslationTarget.domain($0) }
    switch options.domains.kind {
    case .classes: return options.domains.names.map { .domain($0) } + second
    case .attributes: return options.domains.names.map { .attributes([$0]) } + second
    }
  }

  /// With two data sets, the generator is also told which of them a label is about.
  package var labelNames: [String] {
    domains + (options.domains.second.isEmpty ? [] : ["of the first data set", "of the second data set"])
  }

  /// `[count,labelNames]`.
  /// - Throws: `GanError` (usage) for a target that the model does not have.
  func label(of target: TranslationTarget, count: Int, type: ElementType) throws -> Tensor {
    let wanted: Set<String>, names = options.domains.names, second = options.domains.second
    var source = LabelSource.first
    switch (target, options.domains.kind) {
    case (.domain(let name), _) where second.contains(name): (wanted, source) = ([name], .second)
    case (.domain(let name), .classes): wanted = [name]
    case (.attributes(let names), .attributes): wanted = names
    default: throw refusal(of: target)
    }
    let known = source == .first ? names : second
    guard wanted.isSubset(of: known) else { throw refusal(of: target) }
    let row = known.map { wanted.contains($0) ? 1.0 : 0 }
    return told(Tensor((0..<count).flatMap { _ in row }, [count, known.count], type: type), source)
  }

  /// What the generator is told of labels of the first data set.
  package func told(_ labels: Tensor) -> Tensor { told(labels, .first) }

  /// What the generator is told of labels of one data set, `[N,D]`: nothing of the other one, and which of them it is.
  func told(_ labels: Tensor, _ source: LabelSource) -> Tensor {
    guard !options.domains.second.isEmpty else { return labels }
    let count = labels.shape[0]
    func zeros(_ names: [String]) -> Tensor { .zeros([count, names.count], type: labels.type) }
    let mask = Tensor(
      (0..<count).flatMap { _ in source == .first ? [1.0, 0] : [0, 1] }, [count, 2], type: labels.type)
    let parts =
      source == .first ? [labels, zeros(options.domains.second), mask] : [zeros(options.domains.names), labels, mask]
    return Tensor.concatenated(parts, axis: 1)
  }

  /// The picture, then what becomes of it in each domain, or with each attribute changed.
  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (pictures, labels) = try batch.labelled()
    let names = options.domains.names, own = labels.floats.prefix(names.count)
    let attributes = Set(zip(names, own).filter { $1 > 0.5 }.map(\.0))
    let first = pictures.sliced(0..<1, axis: 0)
    return try [Sample("input", first)]
      + domains.map { name in
        let target: TranslationTarget =
          options.domains.kind == .classes || options.domains.second.contains(name)
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
