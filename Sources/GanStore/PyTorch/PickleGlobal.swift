/// The names that a file of weights may mention. Each stands for a fixed piece of this program;
/// nothing is looked up, imported or run.
enum PickleGlobal: Equatable {
  case orderedDictionary
  case set
  case size
  case device
  case encode
  /// `_rebuild_tensor`, `_v2` and `_v3`: the version decides what follows storage, offset, size and stride.
  case rebuildTensor(version: Int)
  case rebuildParameter
  case elementType(TorchType)
  case storageType(TorchType)

  /// Nil for every other name.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("builtins", "set"), ("__builtin__", "set"), ("builtins", "frozenset"), ("__builtin__", "frozenset"):
      self = .set
    case ("torch", "Size"): self = .size
    case ("torch", "device"): self = .device
    case ("_codecs", "encode"): self = .encode
    case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor(version: 1)
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor(version: 2)
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensor(version: 3)
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
      self = .rebuildParameter
    case ("torch", _), ("torch.cuda", _), ("torch.storage", _):
      guard let global = Self.typed(name) else { return nil }
      self = global
    default: return nil
    }
  }

  private static func typed(_ name: String) -> PickleGlobal? {
    if let type = storageTypes[name] { return .storageType(type) }
    return elementTypes[name].map { .elementType($0) }
  }

  var name: String {
    switch self {
    case .orderedDictionary: "OrderedDict"
    case .set: "set"
    case .size: "torch.Size"
    case .device: "torch.device"
    case .encode: "encode"
    case .rebuildTensor: "tensor"
    case .rebuildParameter: "parameter"
    case .elementType(let type): "torch.\(type.name)"
    case .storageType(let type): "storage of \(type.name)"
    }
  }

  private static let elementTypes: [String: TorchType] = {
    var types: [String: TorchType] = [:]
    let supported: [(StoredType, [String])] = [
      (.F64, ["float64", "double"]), (.F32, ["float32", "float"]), (.F16, ["float16", "half"]),
      (.BF16, ["bfloat16"]), (.I64, ["int64", "long"]), (.I32, ["int32", "int"]), (.I16, ["int16", "short"]),
      (.I8, ["int8"]), (.U8, ["uint8"]), (.BOOL, ["bool"]),
    ]
    for (type, names) in supported {
      for name in names { types[name] = TorchType(type, names[0]) }
    }
    let others = [
      (1, ["qint8", "quint8", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"]),
      (2, ["uint16"]), (4, ["uint32", "qint32", "complex32", "chalf"]),
      (8, ["uint64", "complex64", "cfloat"]), (16, ["complex128", "cdouble"]),
    ]
    for (size, names) in others {
      for name in names { types[name] = TorchType(unsupported: name, size: size) }
    }
    return types
  }()

  private static let storageTypes: [String: TorchType] = {
    var types: [String: TorchType] = [:]
    let names = [
      "Double": "double", "Float": "float", "Half": "half", "BFloat16": "bfloat16", "Long": "long", "Int": "int",
      "Short": "short", "Char": "int8", "Byte": "uint8", "Bool": "bool", "ComplexFloat": "complex64",
      "ComplexDouble": "complex128", "QInt8": "qint8", "QUInt8": "quint8", "QInt32": "qint32",
    ]
    for (prefix, element) in names { types[prefix + "Storage"] = elementTypes[element] }
    // Counted in bytes; the tensors on it say their own type.
    types["UntypedStorage"] = TorchType(.U8, "bytes")
    return types
  }()
}
