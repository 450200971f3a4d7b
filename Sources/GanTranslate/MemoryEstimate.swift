import GanBase
import GanTensor

/// What a translation takes, measured on a picture: activations grow with the number of pixels.
final class MemoryEstimate {
  /// Below so many pixels no picture is a problem, and nothing is measured.
  private static let harmlessPixels = 1 << 20
  private static let probeSide = 256
  /// Of the largest picture so far.
  private var measured: (bytes: Double, pixels: Int)?

  /// - Parameter probe: translates a square picture of that side, or of the next one that the model takes.
  /// - Throws: `GanError` (environment) where less memory is available than the picture will need.
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

  /// Runs `work`, which translates a picture of so many pixels while nothing else makes tensors.
  func measure(pixels: Int, _ work: () throws -> Void) rethrows {
    if let measured, measured.pixels >= pixels { return try work() }
    let cache = MemoryCache.shared
    cache.resetPeak()
    let before = cache.liveBytes
    try work()
    let bytes = cache.peakBytes - before
    // A damaged picture comes to nothing, and tells nothing.
    if bytes > 0 { measured = (Double(bytes), pixels) }
  }

  /// Whether so many translations at the same time have room; false before anything was measured.
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

  /// With the blocks that the tensors' allocator keeps for later.
  private static func total(bytes: Double) -> Double { 1.5 * bytes + Double(256 << 20) }
}
