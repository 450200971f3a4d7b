import GanBase
import GanData
import GanImage
import GanTensor

/// The memory that translations need, found by dry runs at the size in question.
final class MemoryEstimate {
  /// Bytes of tensors for a picture of this width and height.
  private let tensors: (_ width: Int, _ height: Int) throws -> Int
  private var known: [PictureSize: Double] = [:]

  /// Of a pixel while a picture is read and converted, and while one is converted and written: as bytes and as numbers.
  private static let bytesOfPixel = 24.0
  /// Lists, tables, fragmentation.
  private static let ofProgram = Double(16 << 20)
  /// Larger pictures are extrapolated, because even a dry run would take long.
  private static let mostPixels = 4 << 20
  private static let leastRows = 256

  /// Pixels that are read and written for each pixel of a picture.
  private let pixels: Double

  /// - Parameters:
  ///   - enlargement: how many times as high and as wide results are.
  ///   - tensors: the bytes of a translation's tensors.
  init(enlargement: Int = 1, _ tensors: @escaping (_ width: Int, _ height: Int) throws -> Int) {
    self.tensors = tensors
    pixels = 1 + Double(enlargement * enlargement)
  }

  /// Bytes that a translation takes in addition to what the process holds already.
  func bytes(width: Int, height: Int) throws -> Double {
    let size = PictureSize(width: width, height: height)
    if let known = known[size] { return known }
    let all = pixels * Double(width * height)
    let bytes = try tensorBytes(width, height) + Self.bytesOfPixel * all + Self.ofProgram
    known[size] = bytes
    return bytes
  }

  private func tensorBytes(_ width: Int, _ height: Int) throws -> Double {
    let pixels = width * height
    guard pixels > Self.mostPixels else { return Double(try tensors(width, height)) }
    // Of a strip of the same width, whose height any network takes; all but the memory that threads work in grows with
    // the height.
    let rows = min(height, max(Self.leastRows, Self.mostPixels / width / Self.leastRows * Self.leastRows))
    return Double(try tensors(width, rows)) * Double(height) / Double(rows)
  }

  /// - Throws: `GanError` (environment) if the picture needs more memory than available.
  func check(width: Int, height: Int, at path: FilePath?) throws {
    guard let available = MemoryLimits.available else { return }
    let need = try bytes(width: width, height: height)
    guard need > Double(available) else { return }
    throw GanError.environment(
      "translating \(width)x\(height) pixels needs about \(gibibytes(Int(need))) of memory, "
        + "\(gibibytes(available)) are available",
      at: path, help: "scale the picture down with --size WIDTHxHEIGHT, or use a machine with more memory")
  }

  /// Whether `count` translations fit in memory at the same time.
  func suffices(for count: Int, width: Int, height: Int) -> Bool {
    guard let available = MemoryLimits.available, let each = try? bytes(width: width, height: height) else {
      return false
    }
    return each * Double(count) < Double(available)
  }
}
