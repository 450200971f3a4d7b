import Foundation
import GanBase

/// An array of numbers as NumPy's `.npy` files hold it.
package struct NumPyArray: Equatable, Sendable {
  package let shape: [Int]
  /// Last axis fastest.
  package let values: [Double]

  /// The number of values is the program's own: a mismatch is a defect.
  package init(_ values: [Double], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "values do not fill the shape")
    (self.shape, self.values) = (shape, values)
  }

  /// Of the first version of the format, with what stands before it.
  static let longestHeader = 10 + Int(UInt16.max)
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// - Throws: `GanError` (checkpoint) for anything but a little-endian array of floating-point numbers.
  init(_ bytes: ByteView, name: String, path: FilePath) throws {
    guard bytes.starts(with: Self.magic) else {
      throw GanError.checkpoint("\(name) is not a NumPy array", at: path)
    }
    var cursor = ByteCursor(bytes, part: name, path: path, at: Self.magic.count)
    let version = try cursor.number(UInt16.self) & 0xFF
    let length = version == 1 ? Int(try cursor.number(UInt16.self)) : Int(try cursor.number(UInt32.self))
    let header = try cursor.string(length)
    let type = Self.field("descr", in: header)
    guard let type, ["'<f8'", "'<f4'"].contains(type) else {
      throw GanError.checkpoint(
        "\(name): expected numbers of type '<f8' or '<f4', found \(type ?? "no type")", at: path)
    }
    guard let shape = Self.shape(in: header), shape.count <= 2, let count = elementCount(shape: shape),
      case let size = type == "'<f8'" ? 8 : 4, cursor.remaining / size == count, cursor.remaining % size == 0
    else {
      throw GanError.checkpoint(
        "\(name): its shape \(Self.field("shape", in: header) ?? "?") does not fit its \(cursor.remaining) bytes",
        at: path)
    }
    let stored = try cursor.bytes(cursor.remaining).withUnsafeBytes { bytes in
      (0..<count).map { index in
        size == 8
          ? bytes.loadUnaligned(fromByteOffset: index * 8, as: Double.self)
          : Double(bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self))
      }
    }
    let isColumnMajor = Self.field("fortran_order", in: header) == "True" && shape.count == 2
    self.shape = shape
    values =
      isColumnMajor ? (0..<count).map { stored[$0 % shape[1] * shape[0] + $0 / shape[1]] } : stored
  }

  /// The text of one entry of the header, a Python dictionary in one line.
  private static func field(_ name: String, in header: String) -> String? {
    guard let start = header.range(of: "'\(name)':") else { return nil }
    let rest = header[start.upperBound...].drop { $0 == " " }
    let end = rest.first == "(" ? rest.firstIndex(of: ")").map { rest.index(after: $0) } : rest.firstIndex(of: ",")
    return end.map { String(rest[..<$0]) }
  }

  private static func shape(in header: String) -> [Int]? {
    guard let text = field("shape", in: header), text.hasPrefix("("), text.hasSuffix(")") else { return nil }
    let sizes = text.dropFirst().dropLast().split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let numbers = sizes.filter { !$0.isEmpty }.map { Int($0) }
    return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
  }

  /// The bytes of a `.npy` file: version 1, '<f8'.
  var encoded: Data {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The data begin at a multiple of 64 bytes.
    let length = nextMultiple(of: 64, from: Self.magic.count + 4 + header.utf8.count + 1)
    header += String(repeating: " ", count: length - Self.magic.count - 4 - header.utf8.count - 1) + "\n"
    var data = Data(Self.magic + [1, 0])
    data.append(UInt8(header.utf8.count & 0xFF))
    data.append(UInt8(header.utf8.count >> 8))
    data.append(Data(header.utf8))
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }
}
