import GanBase

/// The memory blocks of a PyTorch file, and the tensors that they contain.
struct TorchStorages {
  private let path: FilePath
  private let find: (String) throws -> ByteView?
  private var found: [String: ByteView] = [:]
  /// Bytes that tensors which have to be gathered may still take. A tensor may repeat its elements, but a few bytes
  /// must not become gigabytes.
  private var budget: Int

  /// - Parameter find: the bytes of a storage by its key.
  init(path: FilePath, fileSize: Int, find: @escaping (String) throws -> ByteView?) {
    (self.path, self.find) = (path, find)
    // A file is smaller than 2^57 bytes: nothing overflows.
    budget = fileSize * 4 + 16 << 20
  }

  /// Contiguous tensors share the file's memory, others are gathered into separate memory.
  /// - Throws: `GanError` (checkpoint) naming the tensor, if its storage is missing, too short or absurd.
  mutating func tensor(_ name: String, _ tensor: TorchTensor, type: StoredType) throws -> StoredTensor {
    func problem(_ message: String) -> GanError { GanError.checkpoint("tensor '\(name)': \(message)", at: path) }
    let storage = try bytes(of: tensor.storage, type: type, name)
    guard let size = type.byteCount(shape: tensor.shape) else {
      throw problem("shape \(tensor.shape) is impossibly large")
    }
    guard let end = Self.end(tensor), end <= tensor.storage.count else {
      throw problem(
        "shape \(tensor.shape), strides \(tensor.strides), offset \(tensor.offset) exceed its storage of "
          + "\(counted(tensor.storage.count, "element"))")
    }
    let bytes: ByteView?
    if size == 0 || Self.isContiguous(tensor) {
      bytes = storage.slice(at: size == 0 ? 0 : tensor.offset * type.size, count: size)
    } else {
      guard size <= budget else { throw problem("shape \(tensor.shape) is too large for a file of this size") }
      budget -= size
      bytes = storage.withUnsafeBytes { source in
        ByteView(HeapBytes(count: size) { Self.gather(tensor, elementSize: type.size, from: source, to: $0) })
      }
    }
    guard let bytes else { throw problem("it exceeds its storage") }
    return StoredTensor(name: name, type: type, shape: tensor.shape, bytes: bytes, path: path)
  }

  private mutating func bytes(of storage: TorchStorage, type: StoredType, _ name: String) throws -> ByteView {
    var whole = found[storage.key]
    if whole == nil {
      whole = try find(storage.key)
      found[storage.key] = whole
    }
    guard let whole else {
      throw GanError.checkpoint("tensor '\(name)': its storage '\(storage.key)' is missing", at: path)
    }
    let (start, startOverflows) = storage.offset.multipliedReportingOverflow(by: type.size)
    let (count, countOverflows) = storage.count.multipliedReportingOverflow(by: type.size)
    guard !startOverflows, !countOverflows, let part = whole.slice(at: start, count: count) else {
      throw GanError.checkpoint(
        "tensor '\(name)': its storage '\(storage.key)' is cut short: expected \(counted(storage.count, "element")) of "
          + "\(type.size) bytes, found \(counted(whole.count, "byte"))", at: path)
    }
    return part
  }

  /// One past the last element used, or nil if that exceeds `Int`.
  private static func end(_ tensor: TorchTensor) -> Int? {
    if tensor.shape.contains(0) { return 0 }
    var last = tensor.offset
    for (size, step) in zip(tensor.shape, tensor.strides) {
      let (length, tooLong) = (size - 1).multipliedReportingOverflow(by: step)
      let (sum, tooFar) = last.addingReportingOverflow(length)
      if tooLong || tooFar { return nil }
      last = sum
    }
    return tensor.offset < 0 || last == .max ? nil : last + 1
  }

  private static func isContiguous(_ tensor: TorchTensor) -> Bool {
    var expected = 1
    for (size, step) in zip(tensor.shape, tensor.strides).reversed() where size != 1 {
      if step != expected { return false }
      expected *= size
    }
    return true
  }

  private static func gather(
    _ tensor: TorchTensor, elementSize: Int, from source: UnsafeRawBufferPointer,
    to target: UnsafeMutableRawBufferPointer
  ) {
    switch elementSize {
    case 8: gather(tensor, UInt64.self, from: source, to: target)
    case 4: gather(tensor, UInt32.self, from: source, to: target)
    case 2: gather(tensor, UInt16.self, from: source, to: target)
    default: gather(tensor, UInt8.self, from: source, to: target)
    }
  }

  /// Counts through all axes but the last like an odometer; the last is the inner loop.
  private static func gather<Element: BitwiseCopyable>(
    _ tensor: TorchTensor, _ type: Element.Type, from source: UnsafeRawBufferPointer,
    to target: UnsafeMutableRawBufferPointer
  ) {
    let width = MemoryLayout<Element>.size
    let inner = tensor.shape.last ?? 1
    let innerStep = tensor.strides.last ?? 1
    let outer = Array(zip(tensor.shape, tensor.strides).dropLast())
    var index = [Int](repeating: 0, count: outer.count)
    var start = tensor.offset
    var place = 0
    while place < target.count {
      for column in 0..<inner {
        let element = source.loadUnaligned(fromByteOffset: (start + column * innerStep) * width, as: type)
        target.storeBytes(of: element, toByteOffset: place, as: type)
        place += width
      }
      var axis = outer.count - 1
      while axis >= 0 {
        index[axis] += 1
        start += outer[axis].1
        if index[axis] < outer[axis].0 { break }
        start -= outer[axis].0 * outer[axis].1
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
