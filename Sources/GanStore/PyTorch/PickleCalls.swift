import GanBase

/// The instructions that in Python would look up a name and call it.
extension PickleMachine {
  /// More axes than any tensor has; keeps a hostile file from repeating a huge one.
  private static let mostAxes = 64

  mutating func executeCall(_ operation: PickleOperation) throws {
    switch operation {
    case .global:
      let module = try cursor.line(upTo: Self.longestName)
      stack.append(try global(module, try cursor.line(upTo: Self.longestName)))
    case .stackGlobal:
      guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
        throw cursor.problem("a name that is not text")
      }
      stack.append(try global(module, name))
    case .reduce, .newObject: try call(arguments: try pop())
    case .newObjectEx:
      guard case .dictionary(let place) = try pop(), memory.dictionaries[place].entries.isEmpty else {
        throw cursor.problem("named arguments, expected none")
      }
      try call(arguments: try pop())
    case .build: try build()
    default:
      let storage = try storage(try pop())
      if memory.storageWidths[storage.key] == nil { memory.storageWidths[storage.key] = storage.type.size }
      stack.append(.storage(storage))
    }
  }

  private func global(_ module: String, _ name: String) throws -> PickleValue {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw GanError.checkpoint(
        "it asks for '\(module).\(name)', which is no part of stored weights; nothing was run", at: cursor.path,
        help: "save the weights alone in PyTorch: torch.save(model.state_dict(), path)")
    }
    return .global(global)
  }

  private mutating func call(arguments: PickleValue) throws {
    guard case .tuple(let place) = arguments else { throw cursor.problem("arguments that are no tuple") }
    let arguments = memory.sequences[place]
    guard case .global(let global) = try pop() else { throw cursor.problem("a call of something that is no name") }
    try count(arguments.count)
    switch global {
    case .orderedDictionary: try orderedDictionary(arguments)
    case .set: pushList(try elements(ofFirst: arguments))
    case .size: pushTuple(try elements(ofFirst: arguments))
    case .device, .encode: stack.append(.other(global == .device ? "device" : "bytes"))
    case .rebuildTensor(let version): try tensor(arguments, version: version)
    case .rebuildParameter:
      guard let data = arguments.first else { throw cursor.problem("a parameter without data") }
      stack.append(data)
    case .elementType, .storageType: throw cursor.problem("a call of \(global.name)")
    }
  }

  /// Attributes set on an object. PyTorch keeps `_metadata` (versions of the layers) of a state_dict there;
  /// none of it is weights.
  private mutating func build() throws {
    _ = try pop()
    switch try top() {
    case .dictionary, .tensor: break
    default: throw cursor.problem("attributes for a \(try top().kind)")
    }
  }

  /// Python 2 gave the entries as a list of pairs.
  private mutating func orderedDictionary(_ arguments: [PickleValue]) throws {
    var keysAndValues: [PickleValue] = []
    for pair in try elements(ofFirst: arguments) {
      let pair = try elements(pair)
      guard pair.count == 2 else {
        throw cursor.problem("an entry of \(counted(pair.count, "part")), expected key and value")
      }
      keysAndValues += pair
    }
    try pushDictionary(keysAndValues)
  }

  /// storage, offset, size, stride[, requires_grad, hooks[, element type]]
  private mutating func tensor(_ arguments: [PickleValue], version: Int) throws {
    guard arguments.count >= 4, case .storage(var storage) = arguments[0], case .integer(let offset) = arguments[1]
    else { throw cursor.problem("a tensor without storage and offset") }
    let shape = try integers(arguments[2])
    let strides = try integers(arguments[3])
    guard shape.count == strides.count else { throw cursor.problem("a tensor of shape \(shape), strides \(strides)") }
    if version == 3 {
      guard arguments.count >= 7, case .global(.elementType(let type)) = arguments[6] else {
        throw cursor.problem("a tensor without an element type")
      }
      let (offset, count) = (storage.offset / type.size, storage.count / type.size)
      storage = TorchStorage(type: type, key: storage.key, offset: offset, count: count)
    }
    stack.append(.tensor(memory.tensors.count))
    memory.tensors.append(TorchTensor(storage: storage, offset: offset, shape: shape, strides: strides))
  }

  /// ('storage', type, key, device, count[, view]) where view is none or (key, offset, count).
  private func storage(_ identity: PickleValue) throws -> TorchStorage {
    guard case .tuple(let place) = identity else { throw cursor.problem("a storage that is no tuple") }
    let parts = memory.sequences[place]
    guard parts.count >= 5, case .string("storage") = parts[0], case .global(.storageType(let type)) = parts[1],
      case .string(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { throw cursor.problem("a storage without type, key and size") }
    guard parts.count > 5, case .tuple(let viewPlace) = parts[5] else {
      return TorchStorage(type: type, key: key, offset: 0, count: count)
    }
    let view = memory.sequences[viewPlace]
    guard view.count == 3, case .integer(let offset) = view[1], case .integer(let length) = view[2],
      offset >= 0, length >= 0, offset <= count, length <= count - offset
    else { throw cursor.problem("a view outside its storage") }
    return TorchStorage(type: type, key: key, offset: offset, count: length)
  }

  private mutating func elements(ofFirst arguments: [PickleValue]) throws -> [PickleValue] {
    guard let first = arguments.first else { return [] }
    return try elements(first)
  }

  private mutating func elements(_ value: PickleValue) throws -> [PickleValue] {
    switch value {
    case .tuple(let place), .list(let place):
      let elements = memory.sequences[place]
      try count(elements.count)
      return elements
    default: throw cursor.problem("a \(value.kind), expected a list")
    }
  }

  private mutating func integers(_ value: PickleValue) throws -> [Int] {
    let values = try elements(value)
    guard values.count <= Self.mostAxes else { throw cursor.problem("a tensor of \(values.count) axes") }
    return try values.map {
      guard case .integer(let number) = $0, number >= 0 else { throw cursor.problem("a size that is no size") }
      return number
    }
  }
}
