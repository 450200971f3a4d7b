import GanBase

/// The format before PyTorch 1.6: pickles one after another (a magic number, the protocol, the machine, the
/// object, the keys of its storages), then for each key the number of elements and the elements.
extension TorchContent {
  /// The magic number 0x1950A86A20F9469CFC6C as pickles write a long integer. Protocol and frame stand before.
  private static let magic: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  static func looksLikeStream(_ file: ByteView) -> Bool {
    guard file.starts(with: [PickleOperation.proto.rawValue]) else { return false }
    // After PROTO alone (2 bytes), or PROTO and FRAME (11 bytes; protocols 4 and 5).
    return [2, 11].contains { start in
      file.slice(at: start, count: magic.count)?.starts(with: magic) ?? false
    }
  }

  init(stream file: ByteView, path: FilePath) throws {
    var machine = PickleMachine(ByteCursor(file, part: "the stream of pickles", path: path))
    _ = try machine.run()
    guard case .integer(1001) = try machine.run() else { throw machine.cursor.problem("an unknown protocol") }
    let system = try machine.run()
    guard case .dictionary(let place) = system else { throw machine.cursor.problem("no description of the machine") }
    for entry in machine.memory.dictionaries[place].entries where entry.name == "little_endian" {
      if case .bool(false) = entry.value {
        throw GanError.checkpoint("expected byte order little, found big", at: path)
      }
    }
    root = try machine.run()
    let keys = try machine.run()
    guard case .list(let list) = keys else { throw machine.cursor.problem("no list of storages") }
    var blocks: [String: ByteView] = [:]
    for key in machine.memory.sequences[list] {
      guard case .string(let key) = key else { throw machine.cursor.problem("a storage without a key") }
      guard let width = machine.memory.storageWidths[key] else {
        throw machine.cursor.problem("a storage '\(key)' of unknown type")
      }
      let (size, overflow) = try machine.cursor.count64().multipliedReportingOverflow(by: width)
      guard !overflow else { throw machine.cursor.problem("a storage '\(key)' of impossible size") }
      blocks[key] = try machine.cursor.bytes(size)
    }
    memory = machine.memory
    storages = TorchStorages(path: path, fileSize: file.count) { blocks[$0] }
  }
}
