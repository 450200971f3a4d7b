import CZip
import Foundation
import GanBase

/// The entries of a ZIP archive, by libzip. PyTorch stores its entries as they are; NumPy may have deflated them.
///
/// The time and memory that a small file can cost are bounded here: sizes are trusted only as far as the file has bytes
/// for them.
final class ZipArchive {
  private struct Entry {
    let index: UInt64
    let isDeflated: Bool
    /// Neither stored nor deflated.
    let isForeign: Bool
    let isEncrypted: Bool
    let checksum: UInt32
    /// Bytes in the file, and of the content.
    let packed: Int
    let size: Int
  }

  /// Deflate cannot shrink anything further than this.
  private static let highestRatio = 1100

  private let path: FilePath
  private let source: ZipSource
  private let archive: OpaquePointer
  private var entries: [String: Entry] = [:]

  static func looksLike(_ head: ByteView) -> Bool { head.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

  /// - Throws: `GanError` (checkpoint) if the directory is missing (the file is cut short) or damaged.
  convenience init(_ file: InputFile) throws {
    try self.init(ZipSource(size: file.size, read: file.read), path: file.path)
  }

  init(_ source: ZipSource, path: FilePath) throws {
    (self.source, self.path) = (source, path)
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    let handle = source.makeHandle(&error)
    guard let handle, let archive = zip_open_from_source(handle, ZIP_RDONLY, &error) else {
      defer { zip_source_free(handle) }
      if zip_error_code_zip(&error) == ZIP_ER_NOZIP {
        throw GanError.checkpoint(
          "cut short: the zip directory at its end is missing (\(counted(source.size, "byte")))", at: path,
          help: "get the file again")
      }
      throw Self.error(&error, source, "the zip directory", path)
    }
    self.archive = archive
    var unclaimed = source.size
    for index in 0..<UInt64(max(0, zip_get_num_entries(archive, 0))) {
      let (name, entry) = try entry(index)
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw damaged("the zip directory", "two entries '\(shortened(name))'")
      }
      // Entries that share bytes would make a short file long to read.
      let stored = entry.isDeflated ? entry.packed : max(entry.packed, entry.size)
      guard stored <= unclaimed else { throw damaged("the zip directory", "entries of more bytes than the file has") }
      unclaimed -= stored
    }
  }

  deinit { zip_discard(archive) }

  var names: [String] { entries.keys.sorted() }

  /// Bytes of an entry when it is unpacked, as the directory says; nil if there is none of that name.
  func size(of name: String) -> Int? { entries[name]?.size }

  /// The content of an entry, or nil if there is none of that name.
  /// - Parameter inflating: whether an entry may be deflated; look at its size first.
  /// - Throws: `GanError` (checkpoint) if it is compressed otherwise, encrypted, cut short, or its checksum differs;
  ///   (environment) if memory does not suffice.
  func content(_ name: String, inflating: Bool = false) throws -> ByteView? {
    guard let entry = entries[name] else { return nil }
    let part = "zip entry '\(shortened(name))'"
    guard !entry.isEncrypted else { throw GanError.checkpoint("\(part) is encrypted", at: path) }
    guard !entry.isForeign, inflating || !entry.isDeflated else {
      throw GanError.checkpoint(
        "\(part) is compressed, expected it stored", at: path,
        help: "use the file as torch.save wrote it, or store its entries: zip -0")
    }
    let fits = entry.isDeflated ? entry.size / Self.highestRatio <= entry.packed : entry.size == entry.packed
    guard fits else { throw damaged(part, "\(counted(entry.packed, "byte")) that cannot hold \(entry.size)") }
    let bytes = try ByteView(MappedBytes(count: entry.size, of: path) { try read(entry, part, into: $0) })
    // PyTorch can be told to leave the checksums out; it then writes zeros.
    let found = entry.checksum == 0 ? 0 : bytes.withUnsafeBytes { CRC32.checksum($0) }
    guard found == entry.checksum else {
      throw damaged(part, "checksum \(CRC32.text(found)), expected \(CRC32.text(entry.checksum))")
    }
    return bytes
  }

  private func read(_ entry: Entry, _ part: String, into target: UnsafeMutableRawBufferPointer) throws {
    guard let file = zip_fopen_index(archive, entry.index, 0) else {
      throw Self.error(zip_get_error(archive), source, part, path)
    }
    defer { zip_fclose(file) }
    var place = 0
    while place < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[place...])
      let count = zip_fread(file, rest.baseAddress, UInt64(rest.count))
      guard count >= 0 else { throw Self.error(zip_file_get_error(file), source, part, path) }
      guard count > 0 else { throw damaged(part, "\(counted(place, "byte")), expected \(target.count)") }
      place += Int(count)
    }
  }

  private func entry(_ index: UInt64) throws -> (String, Entry) {
    let part = "the zip directory"
    var stat = zip_stat_t()
    let raw = zip_flags_t(ZIP_FL_ENC_RAW)
    guard let text = zip_get_name(archive, index, raw), zip_stat_index(archive, index, raw, &stat) == 0 else {
      throw Self.error(zip_get_error(archive), source, part, path)
    }
    guard let name = String(validatingCString: text) else { throw damaged(part, "a name that is not UTF-8") }
    guard let packed = Int(exactly: stat.comp_size), let size = Int(exactly: stat.size) else {
      throw damaged(part, "an impossible size of '\(shortened(name))'")
    }
    let method = Int32(stat.comp_method)
    return (
      name,
      Entry(
        index: index, isDeflated: method == ZIP_CM_DEFLATE,
        isForeign: ![ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(method),
        isEncrypted: Int32(stat.encryption_method) != ZIP_EM_NONE, checksum: stat.crc, packed: packed, size: size)
    )
  }

  private func damaged(_ part: String, _ found: String) -> GanError { Self.damaged(part, found, path) }

  private static func damaged(_ part: String, _ found: String, _ path: FilePath) -> GanError {
    GanError.checkpoint("\(part) is damaged: found \(found)", at: path, help: "get the file again")
  }

  /// The error that libzip reports, or the one thrown when reading the file failed.
  private static func error(
    _ error: UnsafeMutablePointer<zip_error_t>?, _ source: ZipSource, _ part: String, _ path: FilePath
  ) -> any Error {
    if let failure = source.failure { return failure }
    guard let error, zip_error_code_zip(error) != ZIP_ER_MEMORY else {
      return GanError.environment("out of memory while reading", at: path)
    }
    let text = String(cString: zip_error_strerror(error)).lowercased()
    return GanError.checkpoint("\(part) is damaged: \(text)", at: path, help: "get the file again")
  }
}
