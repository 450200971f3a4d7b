import GanBase
import GanModels
import GanNN
import GanStore
import GanWeights

/// Initial weights of a new run, loaded from checkpoints or from files of official programs in place of random ones.
/// Each network is loaded completely or not at all.
package struct InitialWeights {
  /// The origin of each network's weights, in the order of the model.
  package private(set) var networks: [(name: String, origin: String)] = []
  /// Parts of the files that were not used, as `LABEL of FILE`.
  package private(set) var unused: [String] = []
  private(set) var origins = NetworkOrigins()

  /// Why networks were not loaded.
  private var reasons: [String: Diagnostic] = [:]
  private var counts: [String: Int] = [:]

  /// - Parameters:
  ///   - sources: runs, checkpoints, or files that `import` reads; each may begin with `NETWORK=`.
  ///   - builder: the builder that made the model.
  /// - Throws: `GanError`: (checkpoint) for a file that cannot be read, or if no network in any of them fits, (usage)
  ///   if it is unclear which network a file holds.
  init(_ sources: [String], into builder: ModelBuilder, of model: any ImageTranslator, _ info: ModelInfo) throws {
    let usual = try model.targets.first.map { try model.generator(for: $0).name }
    let choice = NetworkChoice(networks: builder.networks, info: info, usual: sources.count == 1 ? usual : nil)
    for source in sources {
      let (named, path) = builder.splitNetwork(from: FilePath(source))
      let file = try Self.read(path, builder.networks, info)
      for part in file.parts {
        let network =
          try named.flatMap { name in builder.networks.first { $0.name == name } }
          ?? choice.network(for: part, in: file.path)
        guard let network else {
          unused.append("\(part.label ?? "the weights") of \(file.path.shown)")
          continue
        }
        try take(part, into: network, from: file.path)
      }
    }
    guard !counts.isEmpty else { throw Self.nothingFits(sources, reasons) }
    networks = builder.networks.map { ($0.name, origin(of: $0.name)) }
  }

  private static func read(_ path: FilePath, _ networks: [TensorStore], _ info: ModelInfo) throws -> WeightParts {
    if try path.isFolder || WeightFile.isCheckpoint(path) {
      return try WeightParts(checkpoint: try CheckpointFile(path: try CheckpointLocator.resolve(path)))
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
    origins[network.name] = .trained(start: path.shown)
  }

  private func origin(of network: String) -> String {
    if let count = counts[network], case .trained(let start?) = origins[network] {
      return "from \(start) (\(counted(count, "tensor")))"
    }
    return reasons[network].map { "random: \($0.message)" } ?? "random: in none of the files"
  }

  private static func nothingFits(_ sources: [String], _ reasons: [String: Diagnostic]) -> GanError {
    var faults = [Diagnostic("no network of the model is in \(sources.joined(separator: ", "))")]
    faults += reasons.sorted { $0.key < $1.key }.map(\.value).prefix(9)
    faults[faults.count - 1].help =
      "the section model of the configuration must describe the networks as they were trained"
    return GanError(.checkpoint, faults)
  }
}

extension ModelSketch {
  /// Makes the checks of `loadInitialWeights`, except of values, before the networks take memory.
  func checkInitialWeights(_ sources: [String], _ info: ModelInfo) throws {
    guard !sources.isEmpty else { return }
    try dryRun { _ = try InitialWeights(sources, into: builder, of: model, info) }
  }
}

extension TrainingParts {
  /// Loads the weights that `train.init` names into the networks of a new run.
  /// - Returns: nil if `train.init` is empty.
  /// - Throws: the errors of `InitialWeights`.
  package mutating func loadInitialWeights() throws -> InitialWeights? {
    let sources = configuration.train.initial
    guard !sources.isEmpty else { return nil }
    let weights = try InitialWeights(sources, into: builder, of: model, configuration.model.configured.info)
    origins = weights.origins
    return weights
  }
}
