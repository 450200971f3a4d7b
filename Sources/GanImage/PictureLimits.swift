import GanBase

/// The largest picture that is read or made. Checked before memory is allocated, so that a header
/// that claims 100000x100000 is an error message and not an exhausted machine.
package enum PictureLimits {
  /// Pixels along one side.
  package static let side = 16_384
  /// Pixels in all.
  package static let pixels = 100_000_000
  /// Bytes of a picture file that is taken from a network.
  package static let uploadedBytes = 32 << 20

  /// - Throws: `GanError` (input) naming the file when a size is outside the limits.
  package static func check(width: Int, height: Int, at path: FilePath? = nil) throws {
    guard width > 0, height > 0 else {
      throw GanError.input(
        "the picture is \(width)x\(height) pixels: it has no area", at: path, help: "give a size of at least 1x1")
    }
    guard width <= side, height <= side, width * height <= pixels else {
      throw GanError.input(
        "the picture is \(width)x\(height) pixels; the limit is \(side) a side, \(pixels / 1_000_000) million in all",
        at: path, help: "scale it down or cut it into pieces first")
    }
  }
}
