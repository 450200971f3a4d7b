/// A file in which a model's official program keeps networks.
package struct OfficialFile: Equatable, Sendable {
  /// One network within it.
  package struct Part: Equatable, Sendable {
    /// The key of its state_dict; nil if the file is that state_dict and nothing else.
    package let key: String?
    /// The network's name here.
    package let network: String
  }

  /// As the program names it; `*` stands for a number of steps, or a run's name.
  package let name: String
  package let parts: [Part]

  /// The state_dict of one network.
  static func of(_ network: String, _ name: String) -> OfficialFile {
    OfficialFile(name: name, parts: [Part(key: nil, network: network)])
  }

  /// A dictionary of state_dicts under the networks' own names.
  static func of(_ networks: [String], _ name: String) -> OfficialFile {
    OfficialFile(name: name, parts: networks.map { Part(key: $0, network: $0) })
  }

  /// A dictionary of the state_dicts of both domains, `a` and `b`, of networks called `KIND_a` and `KIND_b`.
  static func ofBothDomains(_ kind: String) -> OfficialFile {
    let domains: [String] = ["a", "b"]
    return OfficialFile(name: "\(kind)_*.pt", parts: domains.map { Part(key: $0, network: kind + "_" + $0) })
  }
}
