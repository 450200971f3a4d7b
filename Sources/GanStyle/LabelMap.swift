import GanBase
import GanImage

/// Which regions two pictures have: pixels of one colour in both label maps belong together.
package struct LabelMap: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// The colour of each pixel, row by row.
  private let labels: [UInt32]

  /// - Parameter picture: grey or in colour.
  package init(_ picture: Picture) {
    (width, height) = (picture.width, picture.height)
    let channels = picture.channels
    labels = (0..<width * height).map { pixel in
      (0..<channels).reduce(UInt32(0)) { $0 << 8 | UInt32(picture.pixels[pixel * channels + $1]) }
    }
  }

  /// Reads a PNG; other formats change colours a little, which would make a region of its own of each pixel.
  /// - Throws: `GanError` (input) for a file that is no PNG of 8 bits.
  package init(_ path: FilePath) throws {
    let header = try PictureFile.header(of: path)
    guard header.format == "PNG" else {
      throw GanError.input(
        "a label map is a PNG file, whose colours are exact", at: path, help: "save the map as PNG, without smoothing")
    }
    guard header.bits <= 8 else {
      throw GanError.input(
        "a label map has 8 bits for each sample, and this one \(header.bits)", at: path, help: "save it with 8 bits")
    }
    self.init(try PictureFile.read(path))
  }

  /// The pixels of each label on a map of another size, whose pixels are those nearest to their middle.
  func pixels(width newWidth: Int, height newHeight: Int) -> [UInt32: [Int]] {
    var found: [UInt32: [Int]] = [:]
    let columns = (0..<newWidth).map { (2 * $0 + 1) * width / (2 * newWidth) }
    for y in 0..<newHeight {
      let row = (2 * y + 1) * height / (2 * newHeight) * width
      for (x, column) in columns.enumerated() { found[labels[row + column], default: []].append(y * newWidth + x) }
    }
    return found
  }

  /// Pixels of each label.
  private var counts: [UInt32: Int] { labels.reduce(into: [:]) { $0[$1, default: 0] += 1 } }

  /// The labels of regions that take each other's style, as in the authors' program: both have more than ten pixels,
  /// and neither has a hundred times as many as the other.
  package func matched(with style: LabelMap) -> [UInt32] {
    let others = style.counts
    return counts.filter { label, count in
      guard let other = others[label] else { return false }
      return count > 10 && other > 10 && count < 100 * other && other < 100 * count
    }.keys.sorted()
  }

  /// How many labels there are.
  package var labelCount: Int { counts.count }
}
