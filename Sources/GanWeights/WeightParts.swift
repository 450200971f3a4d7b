import GanBase
import GanModels
import GanNN
import GanStore

/// The state_dicts in a file: one, or several under labels, without wrappers such as `state_dict` or the `module.` of
/// multi-GPU training.
package struct WeightParts {
  package struct Part {
    /// The label in the file, such as `genA2B` or `a`; nil for the only part of a file.
    package let label: String?
    package let tensors: [StoredTensor]
    /// Whether they are averages over the steps of training.
    package var isAveraged = false
  }

  /// The file, for messages.
  package let path: FilePath
  package let parts: [Part]
  /// The number of optimizer tensors, which are not weights.
  package let optimizerTensors: Int

  /// Keys under which programs store a state_dict.
  private static let wrappers: Set<Substring> = [
    "state_dict", "model_state_dict", "model", "net", "network", "module", "params", "params_ema", "weights",
  ]
  private static let deepest = 4

  /// - Parameters:
  ///   - networks: the networks of the model.
  ///   - files: the files in which its official program stores them.
  /// - Throws: `GanError` (checkpoint) for a file that cannot be read or holds no weights.
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

  /// The networks in a checkpoint of this program under their own names, without those with random weights.
  /// - Parameter averaged: whether averages replace the weights, where there are any.
  /// - Throws: `GanError` (checkpoint) for damaged metadata.
  package init(checkpoint: CheckpointFile, averaged: Bool = false) throws {
    path = checkpoint.path
    let random = try NetworkOrigins(checkpoint).random
    optimizerTensors = 0
    var names: [String] = []
    for name in checkpoint.tensors.compactMap({ $0.name.split(separator: ".").first }).map(String.init)
    where !names.contains(name) && !["optimizer", "pool", CheckpointFile.averagePrefix].contains(name)
      && !random.contains(name)
    {
      names.append(name)
    }
    parts = names.map { network in
      let averages = averaged ? checkpoint.tensors(under: "\(CheckpointFile.averagePrefix).\(network).") : []
      let found = Dictionary(averages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      let tensors = checkpoint.tensors(under: network + ".").map { found[$0.name] ?? $0 }
      return Part(label: network, tensors: tensors, isAveraged: !averages.isEmpty)
    }
  }

  /// Removes wrapper prefixes shared by all names, as many as make the most names known.
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

  /// Whether it is an optimizer tensor such as `....state.17.exp_avg`.
  private static func isOptimizerState(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    return parts.count >= 3 && parts[parts.count - 3] == "state" && Int(parts[parts.count - 2]) != nil
  }
}

/// The names that a model's official files may use for networks and their tensors.
private struct WeightLabels {
  /// The keys of the networks that a label may denote.
  private var keys: [String: Set<String>] = [:]
  private var allKeys: Set<String> = []

  init(networks: [TensorStore], files: [OfficialFile]) {
    for network in networks {
      let own = Set(network.entries.map(\.key))
      allKeys.formUnion(own)
      for label in labels(of: network.name, in: files) { keys[label, default: []].formUnion(own) }
    }
  }

  /// The label at the start of a name.
  func label(of name: String) -> String? {
    guard !allKeys.contains(name), let end = name.firstIndex(of: ".") else { return nil }
    let label = String(name[..<end])
    return keys[label] == nil ? nil : label
  }

  /// Whether a name belongs to a tensor of any network, with or without a label.
  func isKnown(_ name: String) -> Bool {
    guard let label = label(of: name) else { return allKeys.contains(Self.withoutModule(name)) }
    return isKey(Self.withoutModule(String(name.dropFirst(label.count + 1))), under: label)
  }

  func isKey(_ name: String, under label: String?) -> Bool {
    (label.map { keys[$0] ?? [] } ?? allKeys).contains(name)
  }

  /// The name without the `module.` of multi-GPU training.
  private static func withoutModule(_ name: String) -> String {
    name.hasPrefix("module.") ? String(name.dropFirst("module.".count)) : name
  }
}

/// The names of a network in official files and in checkpoints of this program.
package func labels(of network: String, in files: [OfficialFile]) -> Set<String> {
  let keys = files.flatMap(\.parts).filter { $0.network == network }.compactMap(\.key)
  return Set(keys + [network])
}
