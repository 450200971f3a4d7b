import GanBase
import GanConfig

/// The meaning of labels.
package enum LabelKind: String, CaseIterable, Sendable {
  /// A picture belongs to one domain.
  case classes
  /// A picture has any number of attributes.
  case attributes
}

/// The domains of a model that has more than two.
package struct DomainOptions: Settings, Equatable, Sendable {
  package var names: [String]
  package var kind: LabelKind
  /// The classes of a second data set, for models that learn from two at once; its pictures belong to one class each.
  package var second: [String] = []

  package init() { self.init([]) }
  package init(_ names: [String], _ kind: LabelKind = .classes) { (self.names, self.kind) = (names, kind) }

  package static let options: [Option<DomainOptions>] = [
    .texts("domains", \.names, "names of the domains, or attributes, in the order of labels; empty: those of the data"),
    .choice(
      "labels", \.kind, "classes: a picture is of one domain; attributes: of any number; with domains: [] as the data"),
  ]

  /// - Throws: `GanError` (usage) without names, which the model needs.
  func requiredNames(of model: ModelInfo) throws -> [String] {
    guard !names.isEmpty else {
      throw GanError.usage(
        "\(model.name) needs the names of its domains",
        help: "name them in the order of labels: model.domains: [a, b, c]")
    }
    return names
  }

  /// The names of both data sets, in the order of labels.
  package var allNames: [String] { names + second }

  package func problems() -> [SettingsProblem] {
    var seen: Set<String> = []
    var problems: [SettingsProblem] = []
    for (key, name) in names.map({ ("domains", $0) }) + second.map({ ("second_domains", $0) }) {
      if !seen.insert(name).inserted {
        problems.append(
          SettingsProblem(key, "\(key): \(name) is listed twice"))
      }
      // Results go into folders of these names.
      if name.isEmpty || name.hasPrefix(".") || name.contains("/") {
        problems.append(SettingsProblem(key, "\(key): \"\(name)\" cannot be the name of a domain"))
      }
    }
    if second.count == 1 {
      problems.append(
        SettingsProblem(
          "second_domains", "second_domains: there is only \(second[0])", help: "at least two classes are needed"))
    }
    if names.count == 1, kind == .classes {
      problems.append(
        SettingsProblem("domains", "domains: there is only \(names[0])", help: "at least two domains are needed"))
    }
    return problems
  }
}

/// Options of a model with domains, which come from the data if they are not given.
package protocol DomainSettings: Settings {
  var domains: DomainOptions { get set }
}
