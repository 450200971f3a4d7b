import GanBase
import GanConfig
import GanData
import GanModels
import GanNN
import GanStore
import GanTensor
import GanWeights

/// A model with weights read from files of an official program.
package struct ImportedWeights {
  /// What was imported.
  package struct Report {
    /// The origin of each network's weights, in the order of the model.
    package internal(set) var networks: [(name: String, origin: NetworkOrigin)] = []
    /// Running statistics of old files for norms that have none; official programs drop them too.
    package internal(set) var dropped = 0
    /// `num_batches_tracked` tensors that old files lack; they start at 0.
    package internal(set) var supplied = 0
    /// Optimizer tensors, which are ignored.
    package internal(set) var optimizerTensors = 0
    /// Translations that would use random networks, and what is missing for them.
    package internal(set) var impossible: [(target: TranslationTarget, missing: MissingNetworks)] = []
  }

  package let model: ModelConfiguration
  package private(set) var report = Report()
  private var origins = NetworkOrigins()
  private let translator: any ImageTranslator
  private let pairDirection: Direction
  private let builder: ModelBuilder

  /// - Parameters:
  ///   - files: files of `torch.save`, or safetensors; each may begin with `NETWORK=` to say which network it holds.
  ///   - configuration: a configuration whose section `model` describes the networks.
  ///   - target: the direction of the generator in a single file that does not tell; nil for the model's first.
  ///   - seed: the seed for networks that are in no file and get random weights.
  /// - Throws: `GanError`: (usage) for errors in the configuration, or if it is unclear which network a file holds,
  ///   (checkpoint) for a file that cannot be read, for tensors that do not fit, naming up to ten of them, or if the
  ///   imported networks do not suffice for any translation.
  package init(files: [FilePath], configuration: FilePath, target: TranslationTarget?, seed: UInt64) throws {
    var document = try ConfigDocument(file: configuration)
    let (model, pairDirection) = try TrainedModel.read(&document)
    // Random networks may take long and much memory, so the files are checked first.
    let sketch = try ModelSketch(model.configured, ModelBuilder(seed: seed))
    try sketch.dryRun { _ = try ImportedWeights(files, target, model, pairDirection, sketch.builder, sketch.model) }
    try sketch.checkRoom(at: configuration)
    let builder = ModelBuilder(seed: seed)
    let translator = try OutOfMemory.guarding { try model.configured.make(builder) }
    try self.init(files, target, model, pairDirection, builder, translator)
  }

  private init(
    _ files: [FilePath], _ target: TranslationTarget?, _ model: ModelConfiguration, _ pairDirection: Direction,
    _ builder: ModelBuilder, _ translator: any ImageTranslator
  ) throws {
    (self.model, self.pairDirection, self.builder, self.translator) = (model, pairDirection, builder, translator)
    for network in builder.networks { origins[network.name] = .random }
    if target != nil, files.count > 1 {
      throw GanError.usage(
        "option --direction tells which generator the one FILE is, but \(files.count) are given",
        help: "write the network before a file that does not tell: \(builder.networks[0].name)=\(files[0])")
    }
    for file in files { try take(file, target, isOnly: files.count == 1) }
    report.networks = builder.networks.map { ($0.name, origins[$0.name]) }
    try checkTranslations()
  }

  private mutating func take(_ given: FilePath, _ target: TranslationTarget?, isOnly: Bool) throws {
    let (network, path) = builder.splitNetwork(from: given)
    let info = model.configured.info
    let file = try WeightParts(file: path, networks: builder.networks, files: info.files)
    let usual = target ?? Self.direction(of: path) ?? (isOnly ? translator.targets.first : nil)
    let choice = NetworkChoice(
      networks: builder.networks, info: info, usual: try usual.map { try translator.generator(for: $0).name })
    if target != nil, file.parts.contains(where: { $0.label != nil }) {
      throw GanError.usage("option --direction: the file tells by itself what it holds", at: path, help: "leave it out")
    }
    report.optimizerTensors += file.optimizerTensors
    for part in file.parts {
      // --direction takes precedence over the file's name.
      let named = network ?? (target == nil ? nil : choice.usual)
      let store =
        try named.flatMap { name in builder.networks.first { $0.name == name } }
        ?? choice.network(for: part, in: path)
      if let store { try put(part, into: store, from: path) }
    }
  }

  /// The direction in a file name such as `netG_A2B.pth`.
  private static func direction(of file: FilePath) -> TranslationTarget? {
    let name = (file.stem ?? "").lowercased()
    let (aToB, bToA) = (
      ["a2b", "atob"].contains(where: name.contains), ["b2a", "btoa"].contains(where: name.contains)
    )
    return aToB == bToA ? nil : aToB ? .aToB : .bToA
  }

  private mutating func put(_ part: WeightParts.Part, into network: TensorStore, from path: FilePath) throws {
    if case .imported(let other) = origins[network.name] {
      throw GanError.usage(
        "it holds the network \(network.name), and so does \(other)", at: path, help: "give one of them")
    }
    let fit = Fit(part.tensors, into: network)
    guard fit.isComplete else {
      var faults = fit.faults.map { Diagnostic($0.message, at: path) }
      let departures = model.configured.departures
      faults[faults.count - 1].help =
        departures.isEmpty
        ? "the section model of the configuration must describe these networks as they were trained: "
          + "generator, widths, norm, dropout and channels"
        : "official programs have no networks with \(departures.joined(separator: ", ")), so their files do not fit: "
          + "leave that out of the section model to read them"
      throw GanError(.checkpoint, faults)
    }
    try fit.load(part.tensors, into: network, from: path)
    report.dropped += fit.dropped.count
    report.supplied += fit.supplied.count
    origins[network.name] = .imported(path.shownName)
  }

  /// Checks that at least one translation has all its networks.
  private mutating func checkTranslations() throws {
    guard !origins.random.isEmpty else { return }
    let info = model.configured.info
    for target in translator.targets {
      let missing = try MissingNetworks(builder, info, origins) { try $0.networks(behind: target, of: translator) }
      if let missing { report.impossible.append((target, missing)) }
    }
    guard report.impossible.count == translator.targets.count, let first = report.impossible.first else { return }
    throw GanError.checkpoint(
      "no translation can be made: \(first.missing)",
      help: "give the files that hold them: \(first.missing.files)")
  }

  // MARK: Writing

  /// Writes a checkpoint for `translate` and `export`. It has no training state and cannot be resumed.
  /// - Parameter program: this program's version.
  package func writeCheckpoint(to path: FilePath, program: String) throws {
    let files = report.networks.compactMap { if case .imported(let file) = $0.origin { file } else { nil } }
    let state: JSONValue = ["imported": .string(files.first ?? ""), "step": 0]
    var metadata = [
      ModelMetadata.config: configurationText, ModelMetadata.model: model.configured.info.name,
      ModelMetadata.state: state.encoded, ModelMetadata.program: program,
      ModelMetadata.engine: Engine.kernels,
    ]
    metadata[NetworkOrigins.key] = origins.text
    let tensors = builder.tensors.map { TensorSource($0.name, official: $0.entry) }
    try CheckpointFile.write(to: path, tensors: tensors, metadata: metadata)
  }

  private var configurationText: String {
    var writer = ConfigWriter()
    model.write(to: &writer)
    writer.section("data")
    writer.value("direction", pairDirection.rawValue, help: "which side is the model's input; BtoA: B")
    if let stages = model.configured.stage?.stages {
      writer.section("train")
      writer.settings(StageOptions(stages))
    }
    return writer.text
  }
}
