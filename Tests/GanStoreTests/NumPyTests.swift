import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

@Suite struct NumPyTests {
  private let scratch: TemporaryFolder

  init() throws { scratch = try TemporaryFolder() }

  @Test func writtenArraysAreReadAgain() throws {
    let mean = NumPyArray([1, -2.5, 1e-300], shape: [3])
    let matrix = NumPyArray((0..<6).map(Double.init), shape: [2, 3])
    try NumPyArchive.write(to: scratch("a.npz"), [("mu", mean), ("sigma", matrix)])
    let archive = try NumPyArchive(path: scratch("a.npz"))
    #expect(try archive.array("mu", ofAtMost: 6) == mean)
    #expect(try archive.array("sigma", ofAtMost: 6) == matrix)
    #expect(failure(.checkpoint) { try archive.array("nu", ofAtMost: 6) }.contains("mu, sigma"))
  }

  /// mu = [0.5, -1, 2] as '<f4', sigma = [[1, 2], [3, 4]] in column order; made by numpy.savez_compressed.
  @Test func compressedArraysOfNumPy() throws {
    let archive = try NumPyArchive(path: try resource("statistics.npz"))
    #expect(try archive.array("mu", ofAtMost: 4) == NumPyArray([0.5, -1, 2], shape: [3]))
    #expect(try archive.array("sigma", ofAtMost: 4) == NumPyArray([1, 2, 3, 4], shape: [2, 2]))
    #expect(failure(.checkpoint) { try archive.array("integers", ofAtMost: 4) }.contains("'<f8' or '<f4', found '<i8'"))
  }

  /// Whatever byte is changed, and wherever the file ends, it is read as it was or refused, and never traps.
  @Test func damagedFilesAreRefused() throws {
    let whole = try read(try resource("statistics.npz"))
    for place in stride(from: 0, to: whole.count, by: 3) {
      var bytes = whole
      bytes[place] ^= 0xFF
      for damaged in [bytes, Array(whole.prefix(place))] {
        let path = try scratch.write("damaged.npz", damaged)
        do {
          let archive = try NumPyArchive(path: path)
          #expect(try archive.array("mu", ofAtMost: 4).values == [0.5, -1, 2])
        } catch let error as GanError {
          #expect(error.code == .checkpoint)
        }
      }
    }
    failure(.checkpoint) { try NumPyArchive(path: try scratch.write("text.npz", Array("hello".utf8))) }
  }

  /// Sizes that an archive claims are looked at before anything is unpacked.
  @Test func hugeArraysAreNotUnpacked() throws {
    var bytes = try read(try resource("statistics.npz"))
    for place in directory(of: bytes) { bytes.replaceSubrange(place + 24..<place + 28, with: [0, 0, 0, 0x7F]) }
    let path = try scratch.write("huge.npz", bytes)
    let text = failure(.checkpoint) { try NumPyArchive(path: path).array("sigma", ofAtMost: 4) }
    #expect(text.contains("sigma takes 2130706432 bytes, expected at most 4 numbers"))
  }

  /// Entries that share bytes: a short file that would take long to check.
  @Test func overlappingEntriesAreRefused() throws {
    let array = NumPyArray((0..<1000).map(Double.init), shape: [1000])
    try NumPyArchive.write(to: scratch("a.npz"), [("a", array), ("b", array), ("c", array)])
    var bytes = try read(scratch("a.npz"))
    for place in directory(of: bytes) { bytes.replaceSubrange(place + 24..<place + 28, with: [0, 0x30, 0, 0]) }
    let path = try scratch.write("overlapping.npz", bytes)
    #expect(failure(.checkpoint) { try NumPyArchive(path: path) }.contains("more bytes than the file has"))
  }

  /// Where the entries of a zip archive's directory begin; their sizes stand 24 bytes further on.
  private func directory(of bytes: [UInt8]) -> [Int] {
    bytes.indices.filter { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) }
  }
}
