import GanBase

/// A protobuf message being put together, field by field, for ONNX and TensorBoard. swift-protobuf would bring a plugin
/// and some 10,000 generated lines for the two schemas; the wire format of what is written here needs four kinds of
/// fields. Tensors are taken in by reference and are copied straight into the file.
package struct ProtobufMessage {
  private enum Piece {
    case bytes([UInt8])
    case tensor(TensorSource)
  }

  private var pieces: [Piece] = []
  /// In bytes.
  package private(set) var size = 0

  package init() {}

  /// A field of one of the integer types.
  package mutating func add(_ field: Int, _ value: Int) { append(Self.tag(field, .varint) + Self.varint(value)) }

  /// A field of the type `float`.
  package mutating func add(_ field: Int, _ value: Float) {
    append(Self.tag(field, .fixed32) + littleEndian(value.bitPattern))
  }

  /// A field of the type `double`.
  package mutating func add(_ field: Int, _ value: Double) {
    append(Self.tag(field, .fixed64) + littleEndian(value.bitPattern))
  }

  package mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  package mutating func add(_ field: Int, _ bytes: [UInt8]) {
    append(Self.tag(field, .lengthDelimited) + Self.varint(bytes.count) + bytes)
  }

  /// A packed field of integers.
  package mutating func add(_ field: Int, _ values: [Int]) { add(field, values.flatMap(Self.varint)) }

  package mutating func add(_ field: Int, _ message: ProtobufMessage) {
    append(Self.tag(field, .lengthDelimited) + Self.varint(message.size))
    pieces += message.pieces
    size += message.size
  }

  /// A message made by `fill`.
  package mutating func add(_ field: Int, _ fill: (inout ProtobufMessage) throws -> Void) rethrows {
    var message = ProtobufMessage()
    try fill(&message)
    add(field, message)
  }

  /// A field of the type `bytes`: a tensor's.
  package mutating func add(_ field: Int, _ tensor: TensorSource) {
    let count = tensor.type.byteCount(shape: tensor.shape) ?? 0
    append(Self.tag(field, .lengthDelimited) + Self.varint(count))
    pieces.append(.tensor(tensor))
    size += count
  }

  /// Writes the message, whole or not at all (`AtomicFile`).
  /// - Throws: `GanError` (environment) if the disk refuses, (bug) if a tensor does not give as many bytes as its shape
  ///   says.
  package func write(to path: FilePath) throws {
    try AtomicFile.write(to: path) { writer in
      for piece in pieces {
        switch piece {
        case .bytes(let bytes): try bytes.withUnsafeBytes { try writer.write($0) }
        case .tensor(let tensor): try SafetensorsWriter.provide(tensor, path) { try writer.write($0) }
        }
      }
    }
  }

  /// The message in memory; it must hold no tensors.
  package var bytes: [UInt8] {
    pieces.flatMap { piece -> [UInt8] in
      guard case .bytes(let bytes) = piece else { preconditionFailure("a tensor in a message in memory") }
      return bytes
    }
  }

  private enum Kind: Int { case varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5 }

  private mutating func append(_ bytes: [UInt8]) {
    size += bytes.count
    pieces.append(.bytes(bytes))
  }

  private static func tag(_ field: Int, _ kind: Kind) -> [UInt8] { varint(field << 3 | kind.rawValue) }

  /// Seven bits a byte, the lowest first; negative numbers have ten bytes.
  private static func varint(_ value: Int) -> [UInt8] {
    var rest = UInt64(bitPattern: Int64(value)), bytes: [UInt8] = []
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
