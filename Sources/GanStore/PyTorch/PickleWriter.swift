/// A pickle (protocol 2) of dictionaries of tensors: what `torch.load(weights_only=True)` accepts. Nothing is memoised.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]

  /// Ends the pickle.
  mutating func finish() { bytes.append(0x2E) }

  /// An `OrderedDict`, as `state_dict()` gives one, or a plain dictionary.
  mutating func dictionary<Value>(
    _ entries: [(key: String, value: Value)], isOrdered: Bool, _ add: (inout PickleWriter, Value) -> Void
  ) {
    if isOrdered { emptyOrderedDictionary() } else { bytes.append(0x7D) }
    bytes.append(0x28)
    for (key, value) in entries {
      text(key)
      add(&self, value)
    }
    bytes.append(0x75)
  }

  /// A contiguous tensor that is all of a storage.
  mutating func tensor(_ tensor: TensorSource, storage: Int) {
    let count = tensor.shape.reduce(1, *)
    global("torch._utils", "_rebuild_tensor_v2")
    bytes += [0x28, 0x28]
    text("storage")
    global("torch", Self.storageClass(tensor.type))
    text("\(storage)")
    text("cpu")
    integer(count)
    bytes += [0x74, 0x51]
    integer(0)
    tuple(tensor.shape)
    tuple(tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) })
    // No gradient is required, and there are no hooks.
    bytes.append(0x89)
    emptyOrderedDictionary()
    bytes += [0x74, 0x52]
  }

  private static func storageClass(_ type: StoredType) -> String {
    switch type {
    case .F64: "DoubleStorage"
    case .F32: "FloatStorage"
    case .F16: "HalfStorage"
    case .BF16: "BFloat16Storage"
    case .I64: "LongStorage"
    case .I32: "IntStorage"
    case .I16: "ShortStorage"
    case .I8: "CharStorage"
    case .U8: "ByteStorage"
    case .BOOL: "BoolStorage"
    }
  }

  private mutating func emptyOrderedDictionary() {
    global("collections", "OrderedDict")
    bytes += [0x29, 0x52]
  }

  private mutating func tuple(_ numbers: [Int]) {
    bytes.append(0x28)
    for number in numbers { integer(number) }
    bytes.append(0x74)
  }

  private mutating func integer(_ value: Int) {
    if let short = Int32(exactly: value) {
      bytes += [0x4A] + littleEndian(short)
    } else {
      bytes += [0x8A, 8] + littleEndian(Int64(value))
    }
  }

  private mutating func text(_ text: String) {
    bytes += [0x58] + littleEndian(UInt32(text.utf8.count)) + text.utf8
  }

  private mutating func global(_ module: String, _ name: String) { bytes += Array("c\(module)\n\(name)\n".utf8) }
}
