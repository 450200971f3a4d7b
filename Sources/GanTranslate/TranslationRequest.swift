import Foundation
import GanBase
import GanData
import GanModels

/// The target of a translation as the user gave it.
package struct TranslationRequest: Sendable {
  /// The name for all domains.
  package static let allDomains = "all"

  package var direction: TranslationTarget?
  /// A domain, an attribute to toggle, or `allDomains`.
  package var domain: String?
  /// Attributes to switch on or off, in this order.
  package var changes: [(name: String, isOn: Bool)] = []
  /// A file that lists the attributes of the pictures.
  package var attributeFile: FilePath?
  /// The domain that the pictures are from, for translating back; nil: that of their folder's name.
  package var origin: String?
  /// Whether translations are also translated back.
  package var reconstructs = false

  package init() {}

  /// One translation of all pictures.
  package struct Destination {
    /// The subfolder for its results; nil for none.
    package let folder: String?
    /// The target of all pictures, or of the first one.
    package let target: TranslationTarget
    /// The target of each input; empty if all are the same.
    let targets: [FilePath: TranslationTarget]
    /// The requested attributes that are the same for all pictures.
    var attributes: [String: Bool] = [:]
    /// Where each input is from; empty unless it is translated back to one of several domains.
    var origins: [FilePath: TranslationTarget] = [:]

    func origin(of item: TranslationPlan.Item) -> TranslationTarget? { origins[item.input] }

    func target(of item: TranslationPlan.Item) -> TranslationTarget { targets[item.input] ?? target }
  }

  /// - Parameter plan: the pictures, which a list of attributes is about.
  /// - Throws: `GanError`: (usage) for targets that the model does not have, listing those it has, (input) for an
  ///   attribute file that lacks a picture.
  package func destinations(_ trained: TrainedModel, _ plan: TranslationPlan?) throws -> [Destination] {
    let domains = trained.model.domains
    let classes = trained.hasAttributes ? trained.secondClasses : domains
    guard origin == nil || reconstructs else {
      throw GanError.usage("option --from: without --reconstruct it has no meaning", help: "leave it out")
    }
    guard origin == nil || !classes.isEmpty else {
      throw GanError.usage(
        "option --from: \(trained.info.name) has no domains that pictures could be from", help: "leave it out")
    }
    guard !domains.isEmpty else { return [try twoSided(trained)] }
    let known = domains.joined(separator: ", "), isOfAttributes = trained.hasAttributes
    let what = isOfAttributes ? "attributes" : "domains"
    if let direction {
      throw GanError.usage(
        "option --direction: \(trained.info.name) has no \(direction.name)", help: "use --domain; there are: \(known)")
    }
    for name in changes.map(\.name) + [domain, origin].compactMap({ $0 })
    where !domains.contains(name) && name != Self.allDomains {
      let near = suggestion(for: name, among: domains).map { "did you mean \($0)? " } ?? ""
      throw GanError.usage("the model has no \(what.dropLast()) \(name)", help: "\(near)there are: \(known)")
    }
    guard domain != nil || !changes.isEmpty else {
      throw GanError.usage(
        "\(trained.info.name) has \(domains.count) \(what): choose a target domain",
        help: isOfAttributes
          ? "give --set-attribute NAME=1 or NAME=0, or --attributes FILE and --domain NAME; there are: \(known)"
          : "give --domain NAME, or --domain all; there are: \(known)")
    }
    if isOfAttributes { return try withClasses(domains, classes, plan) }
    guard changes.isEmpty, attributeFile == nil else {
      throw GanError.usage(
        "options --set-attribute and --attributes: the model has domains, not attributes",
        help: "give --domain NAME; there are: \(known)")
    }
    let origins = try plan.map { try reconstructs ? self.origins(of: $0, among: domains) : [:] } ?? [:]
    return chosen(domains).map {
      Destination(folder: folder($0, domains), target: .domain($0), targets: [:], origins: origins)
    }
  }

  /// Destinations of a model of attributes, and of the classes of a second data set if it learned from one.
  private func withClasses(_ domains: [String], _ classes: [String], _ plan: TranslationPlan?) throws -> [Destination] {
    let known = domains.filter { !classes.contains($0) }
    if let name = changes.map(\.name).first(where: classes.contains) {
      throw GanError.usage("\(name) is a class, not an attribute", help: "give --domain \(name)")
    }
    let wanted = domain.map { classes.contains($0) ? [$0] : $0 == Self.allDomains ? classes : [] } ?? []
    guard !wanted.isEmpty else { return try attributeDestinations(known, plan) }
    guard changes.isEmpty else {
      throw GanError.usage("--domain and --set-attribute are both given", help: "give one of them")
    }
    let isAll = !classes.contains(domain ?? "")
    let toAttributes = try isAll ? attributeDestinations(known, plan) : []
    var origins: [FilePath: TranslationTarget] = [:]
    if reconstructs, let plan {
      if let attributeFile {
        for (input, own) in try attributes(of: plan, in: attributeFile, known) { origins[input] = .attributes(own) }
      } else {
        origins = try self.origins(of: plan, among: classes)
      }
    }
    return toAttributes
      + wanted.map {
        Destination(folder: isAll ? $0 : nil, target: .domain($0), targets: [:], origins: origins)
      }
  }

  /// The domain that each picture is from: the one that was named, or that of the innermost folder with its name.
  private func origins(of plan: TranslationPlan, among domains: [String]) throws -> [FilePath: TranslationTarget] {
    var missing: [Diagnostic] = []
    var found: [FilePath: TranslationTarget] = [:]
    for item in plan.items {
      let folders = item.input.components.dropLast().map(\.string)
      if let name = origin ?? folders.last(where: domains.contains) {
        found[item.input] = .domain(name)
      } else {
        missing.append(Diagnostic("is in no folder of a domain's name, so the way back is not known", at: item.input))
      }
    }
    guard missing.isEmpty else {
      missing[0].help = "name the domain of the pictures: --from NAME; there are: \(domains.joined(separator: ", "))"
      throw GanError(.usage, firstFew(missing, "such pictures"))
    }
    return found
  }

  private func twoSided(_ trained: TrainedModel) throws -> Destination {
    guard domain == nil, changes.isEmpty, attributeFile == nil else {
      let known = trained.model.targets.map(\.name).joined(separator: ", ")
      throw GanError.usage(
        "option \(domain != nil ? "--domain" : changes.isEmpty ? "--attributes" : "--set-attribute"): "
          + "\(trained.info.name) has directions, not domains", help: "use --direction; there are: \(known)")
    }
    return Destination(folder: nil, target: direction ?? trained.defaultTarget, targets: [:])
  }

  /// The domains to translate to. A domain that is itself called "all" takes precedence over `allDomains`.
  private func chosen(_ domains: [String]) -> [String] {
    guard let domain else { return [] }
    return domains.contains(domain) ? [domain] : domains
  }

  private func folder(_ domain: String, _ domains: [String]) -> String? { chosen(domains).count > 1 ? domain : nil }

  // MARK: Attributes

  private func attributeDestinations(_ known: [String], _ plan: TranslationPlan?) throws -> [Destination] {
    guard let attributeFile else {
      guard !reconstructs else {
        throw GanError.usage(
          "option --reconstruct: the way back leads to the pictures' own attributes, which are not known",
          help: "give --attributes FILE, a CelebA-style list of the pictures")
      }
      guard domain == nil else {
        throw GanError.usage(
          "option --domain: the result also depends on the other attributes of a picture",
          help: "give --attributes FILE, a CelebA-style list of the pictures; or set all attributes by --set-attribute")
      }
      let all = try allSet(known)
      let attributes = Dictionary(known.map { ($0, all.contains($0)) }, uniquingKeysWith: { $1 })
      return [Destination(folder: nil, target: .attributes(all), targets: [:], attributes: attributes)]
    }
    guard domain == nil || changes.isEmpty else {
      throw GanError.usage("--domain and --set-attribute are both given", help: "give one of them")
    }
    let own = try plan.map { try attributes(of: $0, in: attributeFile, known) } ?? []
    guard domain != nil else {
      return [destination(own, folder: nil, wanting: changes.map(\.name)) { changed($0) }]
    }
    return chosen(known).map { name in
      destination(own, folder: folder(name, known), wanting: [name]) { AttributeChange.toggled(name, in: $0) }
    }
  }

  private func changed(_ attributes: Set<String>) -> Set<String> {
    changes.reduce(attributes) { AttributeChange.setting($1.name, to: $1.isOn, in: $0) }
  }

  /// The attributes that are on, if the changes set every attribute.
  private func allSet(_ known: [String]) throws -> Set<String> {
    let result = changed([])
    let missing = known.filter { name in
      !changes.contains { $0.name == name } && !AttributeChange.isDecided(name, by: result)
    }
    guard missing.isEmpty else {
      throw GanError.usage(
        "attributes not set: \(missing.joined(separator: ", "))",
        help: "add \(missing.map { "--set-attribute \($0)=0" }.joined(separator: " ")), or =1; or give the list of "
          + "the pictures' attributes with --attributes FILE")
    }
    return result
  }

  private func destination(
    _ own: [(input: FilePath, attributes: Set<String>)], folder: String?, wanting names: [String],
    _ change: (Set<String>) -> Set<String>
  ) -> Destination {
    let changed = own.map { ($0.input, change($0.attributes)) }
    let common = names.compactMap { name -> (String, Bool)? in
      let values = Set(changed.map { $0.1.contains(name) })
      return values.count == 1 ? values.first.map { (name, $0) } : nil
    }
    return Destination(
      folder: folder, target: .attributes(changed.first?.1 ?? []),
      targets: Dictionary(changed.map { ($0, .attributes($1)) }, uniquingKeysWith: { first, _ in first }),
      attributes: Dictionary(common, uniquingKeysWith: { $1 }),
      origins: reconstructs
        ? Dictionary(own.map { ($0.input, .attributes($0.attributes)) }, uniquingKeysWith: { first, _ in first }) : [:])
  }

  private func attributes(
    of plan: TranslationPlan, in path: FilePath, _ known: [String]
  ) throws -> [(input: FilePath, attributes: Set<String>)] {
    let listed = try AttributeFile(path: path, selecting: known).byName
    let rows = plan.items.map { ($0.input, listed[$0.input.name]) }
    var missing = rows.filter { $0.1 == nil }.map { Diagnostic("is not in the list of attributes \(path)", at: $0.0) }
    guard missing.isEmpty else {
      missing[0].help = "pictures are looked up by their file name"
      throw GanError(.input, firstFew(missing, "such pictures"))
    }
    return rows.map { ($0, $1 ?? []) }
  }
}
