/// Where a translation leads.
public enum TranslationTarget: Hashable, Sendable {
  case aToB
  case bToA
  /// To the domain of that name, whatever domain a picture is of.
  case domain(String)
  /// To pictures that have these attributes and none of the others.
  case attributes(Set<String>)

  public static let directions: [TranslationTarget] = [.aToB, .bToA]

  /// The way back of a direction; nil for domains and attributes.
  public var opposite: TranslationTarget? {
    switch self {
    case .aToB: .bToA
    case .bToA: .aToB
    case .domain, .attributes: nil
    }
  }

  /// As it is written on command lines and in the metadata of files.
  public var name: String {
    switch self {
    case .aToB: "AtoB"
    case .bToA: "BtoA"
    case .domain(let name): name
    case .attributes(let names): names.sorted().joined(separator: "+")
    }
  }

  /// What follows "translate".
  public var words: String {
    switch self {
    case .aToB, .bToA: name
    case .domain: "to \(name)"
    case .attributes(let names): names.isEmpty ? "to no attribute" : "to \(name)"
    }
  }
}
