import GanBase
import GanModels
import GanNN
import GanStore

/// The state_dicts of a file: one, or several under labels, whatever the program that wrote the file wrapped around
/// them (`state_dict`, `module.` of several GPUs, ...).
package struct WeightParts {
  package struct Part {
    /// What the file calls it: `genA2B`, or `a`; nil where the file holds nothing else.
    package let label: String?
    package let tensors: [StoredTensor]
  }

  /// Of the file, for messages.
  package let path: FilePath
  package let parts: [Part]
  /// Tensors that are no weights: what optimizers remember.
  package let optimizerTensors: Int

  /// Keys under which programs keep a state_dict.
  private static let wrappers: Set<Substring> = [
    "state_dict", "model_state_dict", "model", "net", "network", "module", "params", "params_ema", "weights",
  ]
  private static let deepest = 4

  /// - Parameters:
  ///   - networks: of the model that the weights are for.
  ///   - files: how its official program stores them.
  /// - Throws: `GanError` (checkpoint) for a file that cannot be read, or holds no weights.
  package init(file path: FilePath, networks: [TensorStore], files: [OfficialFile]) throws {
    self.path = path
    let all = try WeightFile.tensors(of: path)
    let tensors = all.filter { !Self.isOptimizerState($0.name) }
    optimizerTensors = all.count - tensors.count
    guard !tensors.isEmpty else { throw GanError.checkpoint("it holds no weights", at: path) }
    let labels = WeightLabels(networks: networks, files: files)
    let bare = Self.unwrapped(tensors, isKnown: labels.isKnown)
    var grouped: [(label: String?, tensors: [StoredTensor])] = []
    var places: [String?: Int] = [:]
    for tensor in bare {
      let label = labels.label(of: tensor.name)
      var tensor = tensor
      if let label { tensor.name.removeFirst(label.count + 1) }
      let place = places[label] ?? grouped.count
      if place == grouped.count { grouped.append((label, [])) }
      places[label] = place
      grouped[place].tensors.append(tensor)
    }
    parts = grouped.map { label, tensors in
      Part(label: label, tensors: Self.unwrapped(tensors) { labels.isKey($0, under: label) })
    }
  }

  /// The networks of a checkpoint of this program, each under its own name, but for those that were never trained.
  /// - Throws: `GanError` (checkpoint) for metadata that are damaged.
  package init(checkpoint: CheckpointFile) throws {
    path = checkpoint.path
    let random = try NetworkOrigins(checkpoint).random
    optimizerTensors = 0
    var names: [String] = []
    for name in checkpoint.tensors.compactMap({ $0.name.split(separator: ".").first }).map(String.init)
    where !names.contains(name) && !["optimizer", "pool"].contains(name) && !random.contains(name) {
      names.append(name)
    }
    parts = names.map { Part(label: $0, tensors: checkpoint.tensors(under: $0 + ".")) }
  }

  /// Takes prefixes off that all names share, as many as make the most names known.
  private static func unwrapped(_ tensors: [StoredTensor], isKnown: (String) -> Bool) -> [StoredTensor] {
    var best = tensors, current = tensors
    var most = tensors.count { isKnown($0.name) }
    for _ in 0..<deepest where most < tensors.count {
      guard let first = current.first, let prefix = first.name.split(separator: ".").first, wrappers.contains(prefix),
        current.allSatisfy({ $0.name.hasPrefix(prefix + ".") })
      else { break }
      for index in current.indices { current[index].name.removeFirst(prefix.count + 1) }
      let known = current.count { isKnown($0.name) }
      if known > most { (best, most) = (current, known) }
    }
    return best
  }

  /// `....state.17.exp_avg`
  private static func isOptimizerState(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    return parts.count >= 3 && parts[parts.count - 3] == "state" && Int(parts[parts.count - 2]) != nil
  }
}

/// The names that a model's official files may use: of networks, and of the tensors in each.
private struct WeightLabels {
  /// The keys of the networks that a label may stand for.
  private var keys: [String: Set<String>] = [:]
  private var allKeys: Set<String> = []

  init(networks: [TensorStore], files: [OfficialFile]) {
    for network in networks {
      let own = Set(network.entries.map(\.key))
      allKeys.formUnion(own)
      for label in labels(of: network.name, in: files) { keys[label, default: []].formUnion(own) }
    }
  }

  /// The label that a name begins with.
  func label(of name: String) -> String? {
    guard !allKeys.contains(name), let end = name.firstIndex(of: ".") else { return nil }
    let label = String(name[..<end])
    return keys[label] == nil ? nil : label
  }

  /// Whether a name is that of a tensor, of whatever network, with or without a label.
  func isKnown(_ name: String) -> Bool {
    guard let label = label(of: name) else { return allKeys.contains(Self.withoutModule(name)) }
    return isKey(Self.withoutModule(String(name.dropFirst(label.count + 1))), under: label)
  }

  func isKey(_ name: String, under label: String?) -> Bool {
    (label.map { keys[$0] ?? [] } ?? allKeys).contains(name)
  }

  /// Wrapped for several GPUs, perhaps within a label.
  private static func withoutModule(_ name: String) -> String {
    name.hasPrefix("module.") ? String(name.dropFirst("module.".count)) : name
  }
}

/// What official files, and checkpoints of this program, call a network.
package func labels(of network: String, in files: [OfficialFile]) -> Set<String> {
  let keys = files.flatMap(\.parts).filter { $0.network == network }.compactMap(\.key)
  return Set(keys + [network])
}
