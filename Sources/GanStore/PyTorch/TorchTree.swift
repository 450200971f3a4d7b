import GanBase

/// Walks through what a pickle holds and names its tensors by their path, joined with dots.
struct TorchTree {
  private static let deepest = 32
  private static let mostEntries = 500_000
  /// Bytes of all paths together: a long name with many entries below it stands in the path of each.
  private static let mostNameBytes = 32 << 20

  let memory: PickleMemory
  let path: FilePath
  private(set) var tensors: [(name: String, tensor: TorchTensor, type: StoredType)] = []
  /// Everything that is not a tensor, as `path (what it is)`; a container without tensors is one entry.
  private(set) var ignored: [String] = []
  private var visits = 0
  private var nameBytes = 0

  init(_ root: PickleValue, _ memory: PickleMemory, path: FilePath) throws {
    (self.memory, self.path) = (memory, path)
    _ = try visit(root, name: nil, depth: 0)
    var seen = Set<String>()
    for tensor in tensors where !seen.insert(tensor.name).inserted {
      throw GanError.checkpoint("two tensors are called '\(tensor.name)'", at: path)
    }
  }

  /// True if there is a tensor in it.
  private mutating func visit(_ value: PickleValue, name: String?, depth: Int) throws -> Bool {
    visits += 1
    guard depth <= Self.deepest, visits <= Self.mostEntries else {
      throw GanError.checkpoint(
        "its dictionaries hold more than \(Self.mostEntries) entries, or more than \(Self.deepest) levels", at: path)
    }
    switch value {
    case .tensor(let place):
      let tensor = memory.tensors[place]
      guard let type = tensor.storage.type.type else { return ignore("tensor of \(tensor.storage.type.name)", name) }
      tensors.append((name ?? "tensor", tensor, type))
      return true
    case .dictionary(let place):
      let entries = memory.dictionaries[place].entries
      return try visit(entries.lazy.map { ($0.name, $0.value) }, in: value, name: name, depth: depth)
    case .list(let place), .tuple(let place):
      let entries = memory.sequences[place].enumerated()
      return try visit(entries.lazy.map { (String($0.offset), $0.element) }, in: value, name: name, depth: depth)
    default: return ignore(value.kind, name)
    }
  }

  private mutating func visit(
    _ entries: some Sequence<(String?, PickleValue)>, in container: PickleValue, name: String?, depth: Int
  ) throws -> Bool {
    let before = ignored.count
    var hasTensor = false
    for (key, value) in entries {
      guard let key else {
        _ = ignore("entry whose key is no text", name)
        continue
      }
      if try visit(value, name: try join(name, key), depth: depth + 1) { hasTensor = true }
    }
    if !hasTensor {
      ignored.removeSubrange(before...)
      _ = ignore(container.kind, name)
    }
    return hasTensor
  }

  private mutating func join(_ name: String?, _ key: String) throws -> String {
    guard let name else { return key }
    nameBytes += name.utf8.count + 1 + key.utf8.count
    guard nameBytes <= Self.mostNameBytes else {
      throw GanError.checkpoint(
        "the names of its entries take more than \(Self.mostNameBytes >> 20) MB, so it is no file of weights", at: path)
    }
    return "\(name).\(key)"
  }

  private mutating func ignore(_ kind: String, _ name: String?) -> Bool {
    ignored.append("\(name ?? "the whole file") (\(kind))")
    return false
  }
}
