import GanBase
import GanModels
import GanNN
import GanStore
import GanWeights

extension TrainedModel {
  /// One file to export for other programs, with networks in PyTorch's layout.
  package struct Export {
    /// The official program's name for the file.
    package let file: String
    /// The networks, each with the prefix for its keys; nil for the only network of a file.
    let networks: [(label: String?, store: TensorStore)]
    /// Networks that are left out of this file because their weights are random.
    package let leftOut: [String]

    package var names: [String] { networks.map(\.store.name) }
  }

  /// The official file that holds a direction's generator, with all its networks.
  /// - Parameter target: nil for the model's first direction.
  /// - Throws: `GanError`: (usage) for a direction that the model does not have, or that has no separate file,
  ///   (checkpoint) if the file would hold random weights that translations use.
  package func export(_ target: TranslationTarget?) throws -> Export {
    let generator = try generator(target)
    guard let file = info.file(of: generator.name) else {
      throw GanError(.bug, "\(info.name) keeps \(generator.name) in no file")
    }
    if let target, file.parts.count > 1 {
      throw GanError.usage(
        "option --direction: the file \(file.name) of \(info.name) holds both directions, \(target.name) too",
        help: "leave it out; --network \(generator.name) writes that network alone")
    }
    return try export(file)
  }

  /// All official files.
  /// Files of discriminators with random weights are left out.
  /// - Throws: `GanError` (checkpoint) if a file would hold random weights that translations use.
  package func exports() throws -> [Export] { try info.files.map(export).filter { !$0.networks.isEmpty } }

  /// One network, by its name in this program.
  /// - Throws: `GanError`: (usage) if there is no such network, (checkpoint) if its weights are random.
  package func export(network name: String) throws -> Export {
    guard let store = builder.networks.first(where: { $0.name == name }) else {
      let known = builder.networks.map(\.name).joined(separator: ", ")
      throw GanError.usage("option --network: \(info.name) has no network \(name)", help: "it has: \(known)")
    }
    let missing = MissingNetworks(builder, info, origins) { _ in [name] }
    if let missing { throw missing.error("cannot export", at: path) }
    return Export(file: name, networks: [(nil, store)], leftOut: [])
  }

  private func export(_ file: OfficialFile) throws -> Export {
    let names = file.parts.map(\.network)
    let missing = try MissingNetworks(builder, info, origins) { _ in
      try translating().filter(names.contains)
    }
    if let missing { throw missing.error("cannot export \(file.name)", at: path) }
    let random = origins.random
    let networks = file.parts.filter { !random.contains($0.network) }.compactMap { part in
      builder.networks.first { $0.name == part.network }.map { (label: part.key, store: $0) }
    }
    return Export(file: file.name, networks: networks, leftOut: names.filter(random.contains))
  }

  /// The networks that translations use.
  private func translating() throws -> Set<String> {
    Set(try model.targets.flatMap { try builder.networks(behind: $0, of: model) })
  }

  /// Writes weights with official keys and layouts.
  /// - Returns: the number of tensors.
  /// - Throws: `GanError` (environment) if the file cannot be written.
  @discardableResult
  package func write(_ export: Export, as format: WeightFormat, to path: FilePath, program: String) throws -> Int {
    switch format {
    case .safetensors:
      // Python's reader expects `format: pt` for PyTorch tensors.
      let metadata = [
        "format": "pt", "model": info.name, "networks": export.names.joined(separator: ", "),
        "program": "ganctl \(program)",
      ]
      let tensors = try export.networks.flatMap { label, store in
        try Self.sources(store, prefix: label.map { "\($0)." } ?? "")
      }
      try SafetensorsWriter.write(to: path, tensors: tensors, metadata: metadata)
    case .pytorch: try PyTorchWriter.write(to: path, content(of: export))
    }
    return export.networks.reduce(0) { $0 + $1.store.entries.count }
  }

  /// As the official program saves them.
  private func content(of export: Export) throws -> PyTorchWriter.Content {
    if let only = export.networks.first, only.label == nil { return .state(try Self.sources(only.store)) }
    return .states(
      try export.networks.map { label, store in (key: label ?? store.name, tensors: try Self.sources(store)) })
  }

  private static func sources(_ store: TensorStore, prefix: String = "") throws -> [TensorSource] {
    try store.entries.map { try source($0, prefix: prefix) }
  }

  private static func source(_ entry: NamedTensor, prefix: String) throws -> TensorSource {
    let name = prefix + entry.key
    guard entry.key.hasSuffix(".num_batches_tracked") else { return TensorSource(name, official: entry) }
    guard let count = Int64(exactly: entry.tensor.item) else {
      throw GanError.checkpoint("\(name): expected a whole number, found \(entry.tensor.item)")
    }
    return TensorSource(name: name, shape: [], integers: [count])
  }
}
