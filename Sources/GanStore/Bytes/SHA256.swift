import CCrypto
import GanBase

/// The checksum SHA-256, by which published files are recognised; computed by libcrypto.
package final class SHA256 {
  private let context: OpaquePointer

  /// - Throws: `GanError` (environment) if libcrypto refuses: out of memory, or a policy of the system.
  package init() throws {
    guard let context = EVP_MD_CTX_new() else { throw Self.refused }
    self.context = context
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw Self.refused }
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Goes on over further bytes.
  /// - Throws: as `init`.
  package func update(_ bytes: UnsafeRawBufferPointer) throws {
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw Self.refused }
  }

  /// Ends the checksum: 64 lower-case hexadecimal digits. Nothing can be added after it.
  /// - Throws: as `init`.
  package func finish() throws -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw Self.refused }
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Of a whole file, of which never more than a part is in memory.
  /// - Throws: as `init` and `InputFile.read`.
  package static func digits(of file: InputFile) throws -> String {
    let hash = try SHA256()
    for start in stride(from: 0, to: file.size, by: 1 << 20) {
      try file.bytes(start..<min(file.size, start + 1 << 20)).withUnsafeBytes { try hash.update($0) }
    }
    return try hash.finish()
  }

  private static var refused: GanError { .environment("libcrypto cannot compute a SHA-256") }
}
