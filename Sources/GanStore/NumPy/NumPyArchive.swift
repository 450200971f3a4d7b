import Foundation
import GanBase

/// Named arrays in one file, as `numpy.savez` and `numpy.savez_compressed` write them (`.npz`).
package struct NumPyArchive {
  package let path: FilePath
  private let archive: ZipArchive

  /// - Throws: `GanError` (checkpoint) for a file that is none.
  package init(path: FilePath) throws {
    self.path = path
    let file = try InputFile(path, .checkpoint)
    guard ZipArchive.looksLike(ByteView(copying: try file.head(32))) else {
      throw GanError.checkpoint("not an archive of NumPy arrays (.npz)", at: path)
    }
    archive = try ZipArchive(file)
  }

  /// - Parameter most: the greatest number of values that makes sense; nothing of a larger array is unpacked.
  /// - Throws: `GanError` (checkpoint) if there is no such array, or it is larger or damaged.
  package func array(_ name: String, ofAtMost most: Int) throws -> NumPyArray {
    let entry = name + ".npy"
    guard let size = archive.size(of: entry) else {
      let names = archive.names.map { shortened($0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0) }
      let shown = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", ..." : "")
      throw GanError.checkpoint("it holds no array '\(name)', but \(shown)", at: path)
    }
    guard size <= NumPyArray.longestHeader + most * MemoryLayout<Double>.size else {
      throw GanError.checkpoint("\(name) takes \(size) bytes, expected at most \(most) numbers", at: path)
    }
    guard let bytes = try archive.content(entry, inflating: true) else {
      throw GanError(.bug, "the array \(name) has gone", at: path)
    }
    return try NumPyArray(bytes, name: name, path: path)
  }

  /// Writes arrays, not compressed.
  /// - Throws: `GanError` (environment) if the disk refuses.
  package static func write(to path: FilePath, _ arrays: [(name: String, array: NumPyArray)]) throws {
    var file = Data(), directory = Data()
    for (name, array) in arrays {
      let bytes = array.encoded
      guard let size = UInt32(exactly: bytes.count), let offset = UInt32(exactly: file.count) else {
        throw GanError.environment("arrays of more than 4 GB cannot be written", at: path)
      }
      let entry = entry(name + ".npy", size: size, checksum: bytes.withUnsafeBytes { CRC32.checksum($0) })
      file += number(UInt32(0x0403_4B50)) + entry.head + entry.name + bytes
      directory += number(UInt32(0x0201_4B50)) + number(UInt16(20)) + entry.head
      directory += [UInt8](repeating: 0, count: 10) + number(offset) + entry.name
    }
    guard let start = UInt32(exactly: file.count) else {
      throw GanError.environment("arrays of more than 4 GB cannot be written", at: path)
    }
    let count = number(UInt16(arrays.count))
    let end = number(UInt32(0x0605_4B50)) + number(UInt32(0)) + count + count
    file += directory + end + number(UInt32(directory.count)) + number(start) + number(UInt16(0))
    try AtomicFile.write(file, to: path)
  }

  /// What stands in a local header and in the directory alike: version to the length of the extra field.
  private static func entry(_ name: String, size: UInt32, checksum: UInt32) -> (head: Data, name: Data) {
    let text = Data(name.utf8)
    // Version 2.0, no flags, stored; 1 January 1980, the first day that the format knows.
    let fixed = number(UInt16(20)) + number(UInt16(0)) + number(UInt16(0)) + number(UInt16(0)) + number(UInt16(0x21))
    let sizes = number(checksum) + number(size) + number(size) + number(UInt16(text.count)) + number(UInt16(0))
    return (fixed + sizes, text)
  }

  private static func number<Number: FixedWidthInteger>(_ value: Number) -> Data {
    withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }
}
