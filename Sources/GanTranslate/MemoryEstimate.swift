import GanBase
import GanData
import GanImage
import GanTensor

/// What a translation may take.
package struct MemoryBound: Sendable {
  /// Bytes of memory that the process may hold; nil: what is available.
  package var memory: Int?
  /// The folder for scratch files; nil: one on a disk with enough room.
  package var scratch: FilePath?

  package init(memory: Int? = nil, scratch: FilePath? = nil) { (self.memory, self.scratch) = (memory, scratch) }

  /// - Throws: `GanError` (usage) if there is no such folder.
  func check() throws {
    if let scratch, !scratch.isFolder {
      throw GanError.usage("option --scratch: there is no such folder", at: scratch)
    }
  }
}

/// The memory that translations need, found by dry runs at the size in question, and where it comes from.
final class MemoryEstimate {
  /// How a picture is translated. Results are the same.
  enum Way {
    case inMemory
    /// Large tensors lie in files in this folder, and the process holds at most `bound` bytes.
    case inFiles(FilePath, bytes: Int, bound: Int)
  }

  /// Bytes of tensors for a picture of this width and height.
  private let tensors: (_ width: Int, _ height: Int) throws -> Int
  private let limits: MemoryBound
  private var known: [PictureSize: Int] = [:]

  /// Of a picture's pixels in memory; files are written as they are encoded.
  private static let bytesOfPixel = 3
  /// Lists, tables, fragmentation; what a thread uses beside tensors.
  private static let ofProgram = 16 << 20, ofThread = 4 << 20
  /// Larger pictures are extrapolated, because even a dry run would take long.
  private static let mostPixels = 4 << 20
  private static let leastRows = 256
  /// Mapped pages that threads work on at the same time, below which a translation would crawl.
  private static let leastPages = 64 << 20

  /// Pixels that are made for each pixel of a picture.
  private let madePixels: Int

  /// - Parameters:
  ///   - enlargement: how many times as high and as wide results are.
  ///   - tensors: the bytes of a translation's tensors.
  init(
    _ limits: MemoryBound, enlargement: Int = 1, _ tensors: @escaping (_ width: Int, _ height: Int) throws -> Int
  ) {
    (self.limits, self.tensors) = (limits, tensors)
    madePixels = enlargement * enlargement
  }

  private func tensorBytes(_ size: PictureSize) throws -> Int {
    if let known = known[size] { return known }
    let (width, height) = (size.width, size.height), pixels = width * height
    var bytes: Int
    if pixels <= Self.mostPixels {
      bytes = try tensors(width, height)
    } else {
      // Of a strip of the same width, whose height any network takes; all but the memory that threads work in grows
      // with the height.
      let rows = min(height, max(Self.leastRows, Self.mostPixels / width / Self.leastRows * Self.leastRows))
      bytes = Int(Double(try tensors(width, rows)) * Double(height) / Double(rows))
    }
    bytes += bytes / 64
    known[size] = bytes
    return bytes
  }

  /// Bytes beside the tensors.
  private func besides(_ size: PictureSize, isRead: Bool = false) -> Int {
    Self.bytesOfPixel * size.width * size.height * (madePixels + (isRead ? 0 : 1)) + Self.ofProgram
      + Self.ofThread * ThreadPool.shared.threads
  }

  /// Bytes that the process may take in addition to what it holds; nil if unknown.
  private var available: Int? {
    [MemoryLimits.availableMemory, limits.memory.map { max(0, $0 - MemoryLimits.resident) }].compactMap { $0 }.min()
  }

  /// - Parameter isRead: whether the picture is in memory already.
  /// - Throws: `GanError` (environment) if the picture needs more memory, or room on the disk, than available.
  func way(_ size: PictureSize, at path: FilePath?, isRead: Bool = false) throws -> Way {
    let tensors = try tensorBytes(size), besides = besides(size, isRead: isRead)
    let name = "translating \(size.width)x\(size.height) pixels"
    if let addresses = MemoryLimits.availableAddresses, tensors + besides > addresses {
      throw GanError.environment(
        "\(name) needs about \(gibibytes(tensors + besides)) of addresses, and the limit (ulimit -v or -d) leaves "
          + gibibytes(addresses), at: path, help: "raise the limit, or scale the picture down with --size WIDTHxHEIGHT")
    }
    guard let available, tensors + besides > available else { return .inMemory }
    guard besides + Self.leastPages <= available else {
      throw GanError.environment(
        "\(name) needs at least \(gibibytes(besides + Self.leastPages)) of memory even with scratch files, "
          + "\(gibibytes(available)) are available",
        at: path, help: "allow more memory, or scale the picture down with --size WIDTHxHEIGHT")
    }
    let folder = try scratchFolder(for: tensors, name, path)
    return .inFiles(folder, bytes: tensors, bound: MemoryLimits.resident + available)
  }

  private func scratchFolder(for bytes: Int, _ name: String, _ path: FilePath?) throws -> FilePath {
    let folders = limits.scratch.map { [$0] } ?? ScratchFolder.usual
    let rooms = folders.map { ($0, ScratchFolder.room(in: $0) ?? 0) }
    if let (folder, _) = rooms.first(where: { $0.1 >= bytes }) { return folder }
    let best = rooms.max { $0.1 < $1.1 }
    throw GanError.environment(
      "\(name) needs about \(gibibytes(bytes)) of scratch files, "
        + (best.map { "\($0.0.shown) has room for \(gibibytes($0.1))" } ?? "and no folder on a disk was found"),
      at: path,
      help: "name a folder on a larger disk with --scratch, allow more memory with --memory, or scale the picture down "
        + "with --size WIDTHxHEIGHT")
  }

  /// Whether `count` translations fit in memory at the same time.
  func suffices(for count: Int, _ size: PictureSize) -> Bool {
    let limits = [available, MemoryLimits.availableAddresses].compactMap { $0 }
    guard let tensors = try? tensorBytes(size), let most = limits.min() else { return false }
    return (tensors + besides(size)) * count < most
  }
}
