/// What a pickle can hold here. Containers are numbers of places in the machine's lists, not references:
/// cycles cannot leak and deep nesting cannot overflow the stack when it is freed.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case string(String)
  /// A tuple, list or set, by its place in `PickleMemory.sequences`.
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  indirect case global(PickleGlobal)
  indirect case storage(TorchStorage)
  /// By its place in `PickleMemory.tensors`.
  case tensor(Int)
  /// A value that cannot be part of weights; the text says what it is.
  case other(String)

  /// For messages, and for the list of what was left out.
  var kind: String {
    switch self {
    case .none: "none"
    case .bool: "truth value"
    case .integer: "integer"
    case .string: "text"
    case .tuple: "tuple"
    case .list: "list"
    case .dictionary: "dictionary"
    case .global(let global): global.name
    case .storage: "storage"
    case .tensor: "tensor"
    case .other(let kind): kind
    }
  }
}

/// A dictionary in the order of insertion. Keys that are neither text nor integer cannot name a weight;
/// they are kept as entries without a name.
struct PickleDictionary {
  private(set) var entries: [(name: String?, value: PickleValue)] = []
  private var places: [String: Int] = [:]

  /// As in Python, a key that is set again keeps its place.
  mutating func set(_ key: PickleValue, _ value: PickleValue) {
    let name: String? =
      switch key {
      case .string(let text): text
      case .integer(let number): String(number)
      default: nil
      }
    if let name, let place = places[name] {
      entries[place].value = value
      return
    }
    if let name { places[name] = entries.count }
    entries.append((name, value))
  }
}

/// The memory behind a tensor, as the pickle names it.
struct TorchStorage {
  let type: TorchType
  let key: String
  /// Where it begins within the memory called `key`, and how long it is; in elements of its type.
  let offset: Int
  let count: Int
}

/// A tensor as the pickle describes it; nothing is checked against the data yet.
struct TorchTensor {
  let storage: TorchStorage
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// An element type of PyTorch.
struct TorchType: Equatable {
  /// As PyTorch prints it.
  let name: String
  /// Nil for types that no weight has.
  let type: StoredType?
  /// Bytes of one element.
  let size: Int

  init(_ type: StoredType, _ name: String) {
    (self.name, self.type, size) = (name, type, type.size)
  }

  init(unsupported name: String, size: Int) {
    (self.name, type, self.size) = (name, nil, size)
  }
}
