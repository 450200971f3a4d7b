import Foundation
import GanBase

/// The checksum SHA-256 (FIPS 180-4), with which published files are told apart.
public struct SHA256 {
  private static let constants: [UInt32] = {
    // The first 32 bits of the fractions of the cube roots of the first 64 primes.
    var primes: [Int] = []
    for candidate in 2... where !primes.contains(where: { candidate % $0 == 0 }) {
      primes.append(candidate)
      if primes.count == 64 { break }
    }
    return primes.map { fraction(cbrt(Double($0))) }
  }()

  private static func fraction(_ root: Double) -> UInt32 { UInt32((root - root.rounded(.down)) * 0x1p32) }

  private var state: [UInt32] = [2, 3, 5, 7, 11, 13, 17, 19].map { fraction(Double($0).squareRoot()) }
  private var waiting: [UInt8] = []
  private var length = 0

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length += bytes.count
    var rest = bytes[...]
    if !waiting.isEmpty {
      let taken = min(64 - waiting.count, rest.count)
      waiting += rest.prefix(taken)
      rest = rest.dropFirst(taken)
      guard waiting.count == 64 else { return }
      let block = waiting
      block.withUnsafeBytes { compress($0) }
      waiting.removeAll()
    }
    let whole = rest.count / 64 * 64
    compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
    waiting += rest.dropFirst(whole)
  }

  /// Of a whole file, of which never more than a part is in memory.
  /// - Throws: as `InputFile.read`.
  public static func digits(of file: InputFile) throws -> String {
    var hash = SHA256()
    for start in stride(from: 0, to: file.size, by: 1 << 20) {
      try file.bytes(start..<min(file.size, start + 1 << 20)).withUnsafeBytes { hash.update($0) }
    }
    return hash.digits
  }

  /// 64 lower-case hexadecimal digits.
  public var digits: String {
    var copy = self
    let bits = UInt64(length) * 8
    let zeros = (119 - length % 64) % 64
    let end = [0x80] + [UInt8](repeating: 0, count: zeros) + withUnsafeBytes(of: bits.bigEndian) { [UInt8]($0) }
    end.withUnsafeBytes { copy.update($0) }
    return copy.state.map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }.joined()
  }

  public static func digits(of bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digits
  }

  /// Whole blocks of 64 bytes.
  private mutating func compress(_ bytes: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
      Self.constants.withUnsafeBufferPointer { constants in
        for block in stride(from: 0, to: bytes.count, by: 64) {
          for t in 0..<16 {
            schedule[t] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: block + 4 * t, as: UInt32.self))
          }
          for t in 16..<64 {
            let (x, y) = (schedule[t - 15], schedule[t - 2])
            let small = rotated(x, 7) ^ rotated(x, 18) ^ (x >> 3), large = rotated(y, 17) ^ rotated(y, 19) ^ (y >> 10)
            schedule[t] = schedule[t - 16] &+ small &+ schedule[t - 7] &+ large
          }
          round(schedule, constants)
        }
      }
    }
  }

  private mutating func round(_ schedule: UnsafeMutableBufferPointer<UInt32>, _ k: UnsafeBufferPointer<UInt32>) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for t in 0..<64 {
      let choice = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c)
      let first = h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ k[t] &+ schedule[t]
      let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
      (a, b, c, d, e, f, g, h) = (first &+ second, a, b, c, d &+ first, e, f, g)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
  }
}

@inline(__always)
private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
