import Foundation

/// What is given to `torch.save`, entries in their order.
indirect enum TorchObject {
  case tensor([Float], shape: [Int])
  /// A tensor on the numbers of `TorchFileWriter.shared`, from their beginning.
  case shared(shape: [Int])
  case integer(Int)
  case dictionary([(key: String, value: TorchObject)])
  /// As `network.state_dict()` gives it: an OrderedDict with the attribute `_metadata`.
  case state([(key: String, value: TorchObject)])
}

/// Writes files as `torch.save` does: a zip archive of a pickle and its storages, without checksums.
struct TorchFileWriter {
  /// Numbers that several tensors may lie on.
  var shared: [Float] = []
  private var pickle: [UInt8] = []
  private var storages: [[Float]] = []

  static func write(_ object: TorchObject, to path: String, shared: [Float] = []) throws {
    var writer = TorchFileWriter(shared: shared)
    writer.storages = shared.isEmpty ? [] : [shared]
    writer.pickle = [0x80, 2]
    writer.add(object)
    writer.pickle.append(0x2E)
    var entries: [(name: String, content: Data)] = [("archive/data.pkl", Data(writer.pickle))]
    for (index, numbers) in writer.storages.enumerated() {
      entries.append(("archive/data/\(index)", numbers.withUnsafeBytes { Data($0) }))
    }
    try zip(entries).write(to: URL(fileURLWithPath: path))
  }

  private init(shared: [Float]) { self.shared = shared }

  // MARK: Pickle, protocol 2

  private mutating func add(_ object: TorchObject) {
    switch object {
    case .tensor(let numbers, let shape):
      storages.append(numbers)
      tensor(storage: storages.count - 1, count: numbers.count, shape)
    case .shared(let shape): tensor(storage: 0, count: shared.count, shape)
    case .integer(let value): integer(value)
    case .dictionary(let entries):
      pickle.append(0x7D)
      set(entries)
    case .state(let entries):
      global("collections", "OrderedDict")
      pickle += [0x29, 0x52]
      set(entries)
      // _metadata = OrderedDict([('', {'version': 1})]) by BUILD.
      pickle.append(0x7D)
      text("_metadata")
      global("collections", "OrderedDict")
      pickle += [0x29, 0x52]
      text("")
      pickle.append(0x7D)
      text("version")
      integer(1)
      pickle += [0x73, 0x73, 0x73, 0x62]
    }
  }

  private mutating func set(_ entries: [(key: String, value: TorchObject)]) {
    pickle.append(0x28)
    for (key, value) in entries {
      text(key)
      add(value)
    }
    pickle.append(0x75)
  }

  private mutating func tensor(storage: Int, count: Int, _ shape: [Int]) {
    global("torch._utils", "_rebuild_tensor_v2")
    pickle += [0x28, 0x28]
    text("storage")
    global("torch", "FloatStorage")
    text("\(storage)")
    text("cpu")
    integer(count)
    pickle += [0x74, 0x51]
    integer(0)
    tuple(shape)
    tuple(shape.indices.map { shape[($0 + 1)...].reduce(1, *) })
    pickle.append(0x89)
    global("collections", "OrderedDict")
    pickle += [0x29, 0x52, 0x74, 0x52]
  }

  private mutating func tuple(_ numbers: [Int]) {
    pickle.append(0x28)
    for number in numbers { integer(number) }
    pickle.append(0x74)
  }

  private mutating func integer(_ value: Int) { pickle += [0x8A, 8] + bytes(Int64(value)) }
  private mutating func text(_ text: String) { pickle += [0x58] + bytes(UInt32(text.utf8.count)) + text.utf8 }
  private mutating func global(_ module: String, _ name: String) { pickle += Array("c\(module)\n\(name)\n".utf8) }

  // MARK: Zip

  private static func zip(_ entries: [(name: String, content: Data)]) -> Data {
    var file = Data(), directory = Data()
    for (name, content) in entries {
      let size = bytes(UInt32(content.count)), name = Array(name.utf8)
      // Version, flags, method, time, date, checksum, sizes, lengths of the name and of what follows it.
      let head = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0] + size + size + bytes(UInt16(name.count)) + [0, 0]
      directory += [0x50, 0x4B, 1, 2, 20, 0] + head + [UInt8](repeating: 0, count: 10)
      directory += bytes(UInt32(file.count)) + name
      file += [0x50, 0x4B, 3, 4] + head + name
      file += content
    }
    let count = bytes(UInt16(entries.count))
    let end = [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
    return file + directory + end + bytes(UInt32(directory.count)) + bytes(UInt32(file.count)) + [0, 0]
  }
}

private func bytes<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
