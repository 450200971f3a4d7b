import GanBase
import GanModels
import GanNN
import GanStore
import GanWeights

/// Weights that a new run begins with in place of random ones: from checkpoints and from files of official programs.
/// A network is taken whole or not at all.
package struct InitialWeights {
  /// What became of each network of the model, in its order.
  package private(set) var networks: [(name: String, origin: String)] = []
  /// What the files hold besides, as `LABEL of FILE`.
  package private(set) var unused: [String] = []
  private(set) var origins = NetworkOrigins()

  /// Why networks were not taken.
  private var reasons: [String: Diagnostic] = [:]
  private var counts: [String: Int] = [:]

  /// - Parameters:
  ///   - sources: runs, checkpoints, or files as `import` reads them, each perhaps with `NETWORK=` before it.
  ///   - builder: made the model.
  /// - Throws: `GanError`: (checkpoint) for a file that cannot be read, or where nothing in any of them fits, (usage)
  ///   where it cannot be told which network a file holds.
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
  /// Finds what `loadInitialWeights` would find wrong with files, but for numbers, before there are networks.
  func checkInitialWeights(_ sources: [String], _ info: ModelInfo) throws {
    guard !sources.isEmpty else { return }
    try dryRun { _ = try InitialWeights(sources, into: builder, of: model, info) }
  }
}

extension TrainingParts {
  /// Gives the networks the weights that `train.init` names, for a run that begins.
  /// - Returns: nil where it names none.
  /// - Throws: as `InitialWeights` does.
  package mutating func loadInitialWeights() throws -> InitialWeights? {
    let sources = configuration.train.initial
    guard !sources.isEmpty else { return nil }
    let weights = try InitialWeights(sources, into: builder, of: model, configuration.model.configured.info)
    origins = weights.origins
    return weights
  }
}
