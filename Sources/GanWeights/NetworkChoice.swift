import GanBase
import GanModels
import GanNN
import GanStore

/// Determines which of a model's networks the parts of weight files belong to.
package struct NetworkChoice {
  package let networks: [TensorStore]
  package let info: ModelInfo
  /// The network to choose for weights without any hint, if they fit.
  package let usual: String?

  package init(networks: [TensorStore], info: ModelInfo, usual: String?) {
    (self.networks, self.info, self.usual) = (networks, info, usual)
  }

  /// - Parameter file: the file, whose name may contain the network's name.
  /// - Throws: `GanError` (usage) if several networks fit.
  package func network(for part: WeightParts.Part, in file: FilePath) throws -> TensorStore? {
    let candidates = networks.filter { network in
      part.label.map { labels(of: network.name, in: info.files).contains($0) } ?? true
    }
    let fitting = candidates.filter { Fit(part.tensors, into: $0).isComplete }
    let pool = fitting.isEmpty ? candidates : fitting
    if pool.count <= 1 { return pool.first }
    let named = pool.filter { Self.isNamed($0.name, by: file) }
    if named.count == 1 { return named[0] }
    // As the official program names it, before the number of a step.
    let official = pool.filter { network in
      info.file(of: network.name).map { Self.isNamed($0.name.prefix { $0 != "*" }, by: file) } == true
    }
    if official.count == 1 { return official[0] }
    if let usual = pool.first(where: { $0.name == usual }) { return usual }
    guard !fitting.isEmpty else { return nearest(to: part, among: pool) }
    let names = pool.map(\.name)
    throw GanError.usage(
      "it is unclear which network this is: the weights fit \(names.joined(separator: " and "))", at: file,
      help: "write the network before the file: \(names[0])=\(file.shown)")
  }

  /// The network with the most matching names, for a message about the others.
  private func nearest(to part: WeightParts.Part, among pool: [TensorStore]) -> TensorStore? {
    let names = Set(part.tensors.map(\.name))
    return pool.max { a, b in
      a.entries.count { names.contains($0.key) } < b.entries.count { names.contains($0.key) }
    }
  }

  /// Whether a file's name contains the words of a network's name: `latest_net_G_A.pth`, `200000-G.ckpt`.
  private static func isNamed(_ network: some StringProtocol, by file: FilePath) -> Bool {
    func words(_ text: some StringProtocol) -> [String] {
      text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
    let wanted = words(network), found = words(file.stem ?? "")
    guard found.count >= wanted.count else { return false }
    return (0...found.count - wanted.count).contains { found[$0..<$0 + wanted.count].elementsEqual(wanted) }
  }
}

/// How well tensors fit a network.
package struct Fit {
  /// Running statistics for norms that have none; old programs stored them, and official ones drop them too.
  package let dropped: [String]
  /// `num_batches_tracked` tensors that old files lack; they start at 0.
  package let supplied: [String]
  /// Tensors that are unexpected, missing, or of the wrong shape; at most ten.
  package let faults: [Diagnostic]

  package var isComplete: Bool { faults.isEmpty }

  package init(_ tensors: [StoredTensor], into network: TensorStore) {
    let known = Set(network.entries.map(\.key))
    let found = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let extra = tensors.map(\.name).filter { !known.contains($0) }
    dropped = extra.filter(Self.isRunningStatistic)
    supplied = network.buffers.map(\.key).filter { Self.isCounter($0) && found[$0] == nil }
    let surplus = extra.filter { !Self.isRunningStatistic($0) }
      .map { Diagnostic("\($0) is not a tensor of the network \(network.name)") }
    let wrong = network.entries.compactMap { Self.fault($0, found[$0.key], network.name) }
    // Some of both kinds, which together help to recognise the network.
    faults = Array((wrong.prefix(max(5, 10 - surplus.count)) + surplus).prefix(10))
  }

  private static func fault(_ entry: NamedTensor, _ tensor: StoredTensor?, _ network: String) -> Diagnostic? {
    guard let tensor else {
      return isCounter(entry.key) || entry.isConstant
        ? nil : Diagnostic("\(network): the tensor \(entry.key) is missing")
    }
    guard tensor.shape != entry.officialShape.sizes else { return nil }
    let shapes = "expected shape \(entry.officialShape), found \(tensor.shape)"
    return Diagnostic("\(network): \(entry.key): \(shapes)")
  }

  /// Loads matching tensors into the network.
  /// - Throws: `GanError` (checkpoint) for numbers that are not finite or out of range for fp32.
  package func load(_ tensors: [StoredTensor], into network: TensorStore, from path: FilePath) throws {
    precondition(isComplete, "weights that do not fit")
    let found = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    try network.load(from: path, optional: { Self.isCounter($0.key) }) { found[$0] }
    if let bad = network.entries.first(where: { !$0.tensor.isFinite }) {
      throw GanError.checkpoint("\(network.name): \(bad.key) holds numbers that are not finite", at: path)
    }
  }

  private static func isCounter(_ key: String) -> Bool { key.hasSuffix(".num_batches_tracked") }

  private static func isRunningStatistic(_ key: String) -> Bool {
    isCounter(key) || key.hasSuffix(".running_mean") || key.hasSuffix(".running_var")
  }
}
