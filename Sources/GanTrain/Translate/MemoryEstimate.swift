import Foundation
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
    guard pixels > Self.harmlessPixels, let available = availableMemory() else { return }
    let need = Self.total(bytes: try perPixel(probe) * Double(pixels))
    guard need > Double(available) else { return }
    throw GanError.environment(
      "translating \(width)x\(height) pixels needs about \(gibibytes(need)) of memory, "
        + "\(gibibytes(Double(available))) are available",
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
    guard let measured, measured.pixels > 0, let available = availableMemory() else { return false }
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

private func gibibytes(_ bytes: Double) -> String { String(format: "%.1f GiB", bytes / Double(1 << 30)) }

/// Bytes that this process may still take: what the system can give without swapping, within the limit of its
/// control group. nil where the system does not tell.
func availableMemory() -> Int? {
  let information = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
  let line = information.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
  guard let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
  return ([kibibytes << 10] + controlGroups.compactMap(\.available)).min()
}

/// The memory limit of this process's control group, version 2 or 1.
private struct ControlGroup {
  let folder: String
  let limit: String, usage: String
  /// Prefix of the statistics that include sub-groups.
  let prefix: String

  var available: Int? {
    guard let limit = text(limit).flatMap({ Int($0) }), let usage = text(usage).flatMap({ Int($0) }) else { return nil }
    return max(0, limit - usage + cachedFiles)
  }

  /// Counted as used, but given up when memory is short.
  private var cachedFiles: Int {
    let lines = (text("memory.stat") ?? "").split(separator: "\n").map { $0.split(separator: " ") }
    return lines.filter { $0.count == 2 && ["\(prefix)active_file", "\(prefix)inactive_file"].contains($0[0]) }
      .reduce(0) { $0 + (Int($1[1]) ?? 0) }
  }

  private func text(_ name: String) -> String? {
    (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

private let controlGroups = [
  ControlGroup(folder: "/sys/fs/cgroup", limit: "memory.max", usage: "memory.current", prefix: ""),
  ControlGroup(
    folder: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", prefix: "total_"),
]
