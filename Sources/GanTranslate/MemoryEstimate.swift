import GanBase
import GanTensor

/// Estimates the memory of a translation from a measured one: activations grow with the number of pixels.
final class MemoryEstimate {
  /// Smaller pictures are never a problem and are not measured.
  private static let harmlessPixels = 1 << 20
  private static let probeSide = 256
  /// The measurement of the largest picture so far.
  private var measured: (bytes: Double, pixels: Int)?

  /// - Parameter probe: translates a square picture with this side, or the next one that the model takes.
  /// - Throws: `GanError` (environment) if the picture needs more memory than available.
  func check(width: Int, height: Int, at path: FilePath, probe: (_ side: Int) throws -> Void) throws {
    let pixels = width * height
    guard pixels > Self.harmlessPixels, let available = MemoryLimits.available else { return }
    let need = Self.total(bytes: try perPixel(probe) * Double(pixels))
    guard need > Double(available) else { return }
    throw GanError.environment(
      "translating \(width)x\(height) pixels needs about \(gibibytes(Int(need))) of memory, "
        + "\(gibibytes(available)) are available",
      at: path, help: "scale the picture down with --size WIDTHxHEIGHT, or use a machine with more memory")
  }

  /// Runs and measures `work`, which translates a picture of `pixels` pixels while nothing else makes tensors.
  func measure(pixels: Int, _ work: () throws -> Void) rethrows {
    if let measured, measured.pixels >= pixels { return try work() }
    let cache = MemoryCache.shared
    cache.resetPeak()
    let before = cache.liveBytes
    try work()
    let bytes = cache.peakBytes - before
    // Nothing is measured for a damaged picture.
    if bytes > 0 { measured = (Double(bytes), pixels) }
  }

  /// Whether `count` translations fit in memory at the same time; false before the first measurement.
  func suffices(for count: Int, pixels: Int) -> Bool {
    guard let measured, measured.pixels > 0, let available = MemoryLimits.available else { return false }
    let each = measured.bytes / Double(measured.pixels) * Double(pixels)
    return Self.total(bytes: each * Double(count)) < Double(available)
  }

  private func perPixel(_ probe: (Int) throws -> Void) throws -> Double {
    let pixels = Self.probeSide * Self.probeSide
    if (measured?.pixels ?? 0) < pixels { try measure(pixels: pixels) { try probe(Self.probeSide) } }
    return measured.map { $0.bytes / Double($0.pixels) } ?? 0
  }

  /// The total, including blocks that the tensor allocator caches.
  private static func total(bytes: Double) -> Double { 1.5 * bytes + Double(256 << 20) }
}
