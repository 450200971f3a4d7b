/// Where a translation leads.
package enum TranslationTarget: Hashable, Sendable, CustomStringConvertible {
  case aToB
  case bToA
  /// To the domain of that name, whatever domain a picture is of.
  case domain(String)
  /// To pictures that have these attributes and none of the others.
  case attributes(Set<String>)

  package static let directions: [TranslationTarget] = [.aToB, .bToA]

  /// The way back of a direction; nil for domains and attributes.
  package var opposite: TranslationTarget? {
    switch self {
    case .aToB: .bToA
    case .bToA: .aToB
    case .domain, .attributes: nil
    }
  }

  /// As it is written on command lines and in the metadata of files.
  package var name: String {
    switch self {
    case .aToB: "AtoB"
    case .bToA: "BtoA"
    case .domain(let name): name
    case .attributes(let names): names.sorted().joined(separator: "+")
    }
  }

  /// What follows the word "translate" in messages.
  package var description: String {
    switch self {
    case .aToB, .bToA: name
    case .domain: "to \(name)"
    case .attributes(let names): names.isEmpty ? "to no attribute" : "to \(name)"
    }
  }
}
