import GanBase
import GanStore

/// Where a network's weights come from.
package enum NetworkOrigin: Equatable, Sendable, CustomStringConvertible {
  /// From training by this program; `start` is the file of the initial weights, nil for random ones.
  case trained(start: String?)
  /// From a file of another program with this name.
  case imported(String)
  /// Random weights, neither trained nor imported.
  case random

  package var isRandom: Bool { self == .random }

  /// The origin as text.
  package var description: String {
    switch self {
    case .trained(nil): "trained"
    case .trained(let start?): "trained, from \(start)"
    case .imported(let file): "imported from \(file)"
    case .random: "random"
    }
  }

  package var json: JSONValue {
    switch self {
    case .trained(nil): ["kind": "trained"]
    case .trained(let start?): ["kind": "trained", "from": .string(start)]
    case .imported(let file): ["kind": "imported", "from": .string(file)]
    case .random: ["kind": "random"]
    }
  }

  /// nil for kinds added by later versions.
  package init?(json: JSONValue) {
    switch (json["kind"]?.string, json["from"]?.string) {
    case ("trained", let start): self = .trained(start: start)
    case ("imported", let file?): self = .imported(file)
    case ("random", _): self = .random
    default: return nil
    }
  }
}

/// The origins of a model's weights, as recorded in a checkpoint's metadata.
package struct NetworkOrigins: Equatable, Sendable {
  package static let key = "origins"
  private var origins: [String: NetworkOrigin] = [:]

  package init() {}

  /// The origin of a network; networks that are not listed were trained.
  package subscript(network: String) -> NetworkOrigin {
    get { origins[network] ?? .trained(start: nil) }
    set { origins[network] = newValue }
  }

  package var random: Set<String> { Set(origins.filter(\.value.isRandom).keys) }

  /// The origins after a run continues training these weights.
  package var afterTraining: NetworkOrigins {
    var result = self
    for (network, origin) in origins {
      switch origin {
      case .imported(let file): result[network] = .trained(start: file)
      case .random: result[network] = .trained(start: nil)
      case .trained: break
      }
    }
    return result
  }

  // MARK: In checkpoints

  /// - Throws: `GanError` (checkpoint) for damaged metadata.
  package init(_ checkpoint: CheckpointFile) throws {
    guard checkpoint.metadata[Self.key] != nil, case .object(let members) = try checkpoint.json(Self.key) else {
      return
    }
    for (network, value) in members { origins[network] = NetworkOrigin(json: value) }
  }

  /// Origins for checkpoints imported by earlier versions, in which one network is not random.
  /// - Parameters:
  ///   - imported: the name of that network.
  package init(imported: String, from file: String, among networks: [String]) {
    for network in networks { origins[network] = network == imported ? .imported(file) : .random }
  }

  /// The metadata text; nil if all networks were trained from random weights.
  package var text: String? {
    let told = origins.filter { $0.value != .trained(start: nil) }.sorted { $0.key < $1.key }
    return told.isEmpty ? nil : JSONValue.object(told.map { ($0.key, $0.value.json) }).encoded
  }
}
