/// The fields of a protobuf message, for tests of what `ProtobufMessage` writes. Anything that is no message reads as
/// far as it is one.
package struct ProtobufReader {
  package enum Value {
    case integer(UInt64)
    case bytes([UInt8])
  }

  package private(set) var fields: [(number: Int, value: Value)] = []
  /// Whether all bytes were read.
  package private(set) var isWhole = false

  package init(_ bytes: [UInt8]) {
    var place = 0
    func varint() -> UInt64? {
      var value: UInt64 = 0, shift: UInt64 = 0
      while place < bytes.count, shift < 64 {
        let byte = bytes[place]
        place += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    func taken(_ count: UInt64) -> [UInt8]? {
      guard count <= UInt64(bytes.count - place) else { return nil }
      defer { place += Int(count) }
      return Array(bytes[place..<place + Int(count)])
    }
    while place < bytes.count {
      guard let tag = varint() else { return }
      let value: Value?
      switch tag & 7 {
      case 0: value = varint().map { .integer($0) }
      case 1: value = taken(8).map { .integer($0.reversed().reduce(0) { $0 << 8 | UInt64($1) }) }
      case 2: value = varint().flatMap(taken).map { .bytes($0) }
      case 5: value = taken(4).map { .integer($0.reversed().reduce(0) { $0 << 8 | UInt64($1) }) }
      default: value = nil
      }
      guard let value else { return }
      fields.append((Int(tag >> 3), value))
    }
    isWhole = true
  }

  package func integers(_ number: Int) -> [Int] {
    fields.compactMap { field in
      if field.number == number, case .integer(let value) = field.value { Int(bitPattern: UInt(value)) } else { nil }
    }
  }

  package func bytes(_ number: Int) -> [[UInt8]] {
    fields.compactMap { field in
      if field.number == number, case .bytes(let value) = field.value { value } else { nil }
    }
  }

  package func texts(_ number: Int) -> [String] { bytes(number).map { String(decoding: $0, as: UTF8.self) } }

  package func messages(_ number: Int) -> [ProtobufReader] { bytes(number).map { ProtobufReader($0) } }

  /// The numbers of packed fields.
  package func packed(_ number: Int) -> [Int] {
    bytes(number).flatMap { bytes -> [Int] in
      var values: [Int] = [], value = 0, shift = 0
      for byte in bytes {
        value |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 {
          values.append(value)
          (value, shift) = (0, 0)
        }
      }
      return values
    }
  }
}
