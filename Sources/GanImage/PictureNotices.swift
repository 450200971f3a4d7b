import GanBase

/// Properties of pictures that are ignored (such as transparency), reported once for all pictures.
package struct PictureNotices: Sendable {
  private var with16Bits = 0
  private var withAlpha = 0
  private var withFloats = 0
  /// The first pictures of 16 bits: the samples of a few show what to expect of the others.
  private var candidates: [FilePath] = []
  private static let mostCandidates = 3
  private static let largestOf12Bits = 4095

  package init() {}

  /// Notes what a picture's header says; its pixels are not read.
  package mutating func add(_ header: PictureHeader, at path: FilePath) {
    if header.hasAlpha { withAlpha += 1 }
    if header.isFloat { withFloats += 1 }
    guard header.bits > 8, !header.isFloat else { return }
    with16Bits += 1
    if candidates.count < Self.mostCandidates { candidates.append(path) }
  }

  /// Adds the notices of others.
  package mutating func add(_ other: PictureNotices) {
    withAlpha += other.withAlpha
    withFloats += other.withFloats
    with16Bits += other.with16Bits
    candidates += other.candidates.prefix(Self.mostCandidates - candidates.count)
  }

  /// One sentence each. Reads the samples of up to three pictures of 16 bits.
  package var texts: [String] {
    var texts: [String] = []
    if let dark = candidates.first(where: isOf12Bits) {
      texts.append(
        "\(dark) looks like 12-bit data in 16 bits: its largest sample is below 4096, so it comes out "
          + "nearly black; multiply the samples of such pictures by 16 first")
    } else if with16Bits > 0 {
      texts.append("\(Self.pictures(with16Bits)) 16 bits a sample, of which the upper 8 are used")
    }
    if withFloats > 0 {
      texts.append("\(Self.pictures(withFloats)) floating-point samples, which are cut to 0...1, black to white")
    }
    if withAlpha > 0 { texts.append("\(Self.pictures(withAlpha)) transparency, which is ignored") }
    return texts
  }

  private func isOf12Bits(_ path: FilePath) -> Bool {
    PictureFile.largest16BitSample(of: path).map { (1...Self.largestOf12Bits).contains($0) } ?? false
  }

  private static func pictures(_ count: Int) -> String { count == 1 ? "1 picture has" : "\(count) pictures have" }
}
