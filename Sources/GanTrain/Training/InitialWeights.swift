import GanBase
import GanModels
import GanNN
import GanStore
import GanWeights

/// Initial weights of a new run, loaded from checkpoints or from files of official programs in place of random ones.
/// Each network is loaded completely or not at all. Of a run that keeps averages of its weights, these are loaded
/// unless the raw weights are asked for.
package struct InitialWeights {
  /// The origin of each network's weights, in the order of the model.
  package private(set) var networks: [(name: String, origin: String)] = []
  /// Parts of the files that were not used, as `LABEL of FILE`.
  package private(set) var unused: [String] = []
  private(set) var origins = NetworkOrigins()

  /// Why networks were not loaded.
  private var reasons: [String: Diagnostic] = [:]
  private var counts: [String: Int] = [:]
  /// The networks whose weights are averages.
  private var averaged: Set<String> = []
  /// The only networks to load; empty for all that fit.
  private let wanted: [String]

  /// - Parameters:
  ///   - train: names runs, checkpoints, or files that `import` reads; each may begin with `NETWORK=`.
  ///   - builder: the builder that made the model.
  /// - Throws: `GanError`: (checkpoint) for a file that cannot be read, if no network in any of them fits, or if one
  ///   that is wanted is in none, (usage) if it is unclear which network a file holds, for a network that the model does
  ///   not have, or if averages are wanted of a file without any.
  init(
    _ train: TrainSettings, into builder: ModelBuilder, of model: any ImageTranslator, _ configured: ConfiguredModel
  ) throws {
    let sources = train.initial, info = configured.info
    wanted = train.initialNetworks
    try Self.checkNames(wanted, builder.networks.map(\.name), info)
    let usual = try model.targets.first.map { try model.generator(for: $0).name }
    let choice = NetworkChoice(networks: builder.networks, info: info, usual: sources.count == 1 ? usual : nil)
    var found: [String] = []
    for source in sources {
      let (named, path) = builder.splitNetwork(from: FilePath(source))
      let file = try Self.read(path, builder.networks, info, train.initialWeights)
      found += file.parts.compactMap(\.label)
      for part in file.parts {
        let network =
          try named.flatMap { name in builder.networks.first { $0.name == name } }
          ?? choice.network(for: part, in: file.path)
        guard let network else {
          unused.append("\(part.label ?? "the weights") of \(file.path.shown)")
          continue
        }
        guard isWanted(network.name) else { continue }
        try take(part, into: network, from: file.path)
      }
    }
    if let missing = wanted.first(where: { counts[$0] == nil }) { throw lacks(missing, sources, found) }
    guard !counts.isEmpty else { throw Self.nothingFits(sources, reasons, configured.departures) }
    networks = builder.networks.map { ($0.name, origin(of: $0.name)) }
  }

  private static func checkNames(_ wanted: [String], _ known: [String], _ info: ModelInfo) throws {
    guard let unknown = wanted.first(where: { !known.contains($0) }) else { return }
    let near = suggestion(for: unknown, among: known).map { "did you mean \($0)? " } ?? ""
    throw GanError.usage(
      "train.init_networks: \(info.name) has no network \(unknown)",
      help: "\(near)It has \(known.joined(separator: ", "))")
  }

  private func isWanted(_ network: String) -> Bool { wanted.isEmpty || wanted.contains(network) }

  /// The error for a network that is wanted but in none of the files.
  private func lacks(_ network: String, _ sources: [String], _ found: [String]) -> GanError {
    if let reason = reasons[network] {
      return .checkpoint(
        "train.init_networks: \(network) does not fit: \(reason.message)", at: reason.location,
        help: "the section model of the configuration must describe the networks as they were trained")
    }
    let near = suggestion(for: network, among: found).map { "did you mean \($0)? " } ?? ""
    let held = found.isEmpty ? "" : "; there are \(found.joined(separator: ", "))"
    return .checkpoint(
      "train.init_networks: there is no network \(network) in \(sources.joined(separator: ", "))\(held)",
      help: "\(near)Name networks that the files hold, or leave init_networks out")
  }

  private static func read(
    _ path: FilePath, _ networks: [TensorStore], _ info: ModelInfo, _ choice: WeightChoice
  ) throws -> WeightParts {
    let option = "train.init_weights: \(choice.rawValue)"
    if try path.isFolder || WeightFile.isCheckpoint(path) {
      let checkpoint = try CheckpointFile(path: try CheckpointLocator.resolve(path))
      return try WeightParts(
        checkpoint: checkpoint, averaged: try checkpoint.usesAverages(choice, option: option))
    }
    guard choice != .ema else {
      throw GanError.usage(
        "\(option): only runs of ganctl hold averages of weights", at: path, help: "leave init_weights out")
    }
    return try WeightParts(file: path, networks: networks, files: info.files)
  }

  private mutating func take(_ part: WeightParts.Part, into network: TensorStore, from path: FilePath) throws {
    let fit = Fit(part.tensors, into: network)
    guard fit.isComplete else {
      if counts[network.name] == nil { reasons[network.name] = Diagnostic(fit.faults[0].message, at: path) }
      return
    }
    guard counts[network.name] == nil else {
      throw GanError.usage(
        "it holds the network \(network.name), and so does another file of --init", at: path, help: "give one of them")
    }
    try fit.load(part.tensors, into: network, from: path)
    counts[network.name] = network.entries.count
    if part.isAveraged { averaged.insert(network.name) }
    origins[network.name] = .trained(start: path.shown)
  }

  private func origin(of network: String) -> String {
    if let count = counts[network], case .trained(let start?) = origins[network] {
      return "from \(start) (\(counted(count, "tensor"))\(averaged.contains(network) ? ", averaged weights" : ""))"
    }
    if !isWanted(network) { return "random: not named in init_networks" }
    return reasons[network].map { "random: \($0.message)" } ?? "random: in none of the files"
  }

  private static func nothingFits(
    _ sources: [String], _ reasons: [String: Diagnostic], _ departures: [String]
  ) -> GanError {
    var faults = [Diagnostic("no network of the model is in \(sources.joined(separator: ", "))")]
    faults += reasons.sorted { $0.key < $1.key }.map(\.value).prefix(9)
    faults[faults.count - 1].help =
      departures.isEmpty
      ? "the section model of the configuration must describe the networks as they were trained"
      : "official programs and other runs may have no networks with \(departures.joined(separator: ", "))"
    return GanError(.checkpoint, faults)
  }
}

extension ModelSketch {
  /// Makes the checks of `loadInitialWeights`, except of values, before the networks take memory.
  func checkInitialWeights(_ train: TrainSettings, _ configured: ConfiguredModel) throws {
    guard !train.initial.isEmpty else { return }
    try dryRun { _ = try InitialWeights(train, into: builder, of: model, configured) }
  }
}

extension TrainingParts {
  /// Loads the weights that `train.init` names into the networks of a new run.
  /// - Returns: nil if `train.init` is empty.
  /// - Throws: the errors of `InitialWeights`.
  package mutating func loadInitialWeights() throws -> InitialWeights? {
    let train = configuration.train
    guard !train.initial.isEmpty else { return nil }
    let weights = try InitialWeights(train, into: builder, of: model, configuration.model.configured)
    origins = weights.origins
    return weights
  }
}
