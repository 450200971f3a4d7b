import GanBase
import GanData
import GanImage

/// The pictures in a folder, and what can be found out about them without decoding any.
struct PictureCollection {
  /// The number of headers that are read: enough to know the usual sizes.
  private static let mostHeaders = 300

  let folder: FilePath
  /// The pictures, in the order of `PictureFile.listing`.
  let paths: [FilePath]
  /// A description of the files that are no pictures; nil if there are none.
  let skipped: String?
  /// Sizes of up to 300 pictures, evenly spread, without damaged ones.
  let sizes: [PictureSize]

  var count: Int { paths.count }

  /// nil if the folder has no pictures.
  init?(_ folder: FilePath, recursive: Bool = true) {
    guard let listing = try? PictureFile.listing(folder: folder, recursive: recursive) else { return nil }
    let paths = listing.pictures
    (self.folder, self.paths, skipped) = (folder, paths, listing.skippedText)
    let step = max(1, paths.count / Self.mostHeaders)
    sizes = stride(from: 0, to: paths.count, by: step).compactMap { index in
      (try? PictureFile.header(of: paths[index])).map { PictureSize(width: $0.width, height: $0.height) }
    }
  }

  /// Whether nearly all pictures are about twice as wide as high, like two square ones side by side.
  var areSideBySide: Bool {
    let wide = sizes.filter { PairLayout.ratios.contains(Double($0.width) / Double($0.height)) }
    return !sizes.isEmpty && wide.count * 10 >= sizes.count * 9
  }

  /// Paths within the folder without the extension; the two pictures of a pair share one.
  var stems: Set<FilePath> { Set(paths.map { $0.relative(to: folder).withoutEnding }) }
}

/// A summary of the sizes of many pictures.
struct SizeStatistics {
  /// Median of the shorter sides.
  let median: Int
  /// Ratio of longer to shorter side of the median picture.
  let aspect: Double
  /// The shortest side of all.
  var shortest: Int { smallest.shorter }
  private let smallest: PictureSize, largest: PictureSize
  private let areEqual: Bool

  /// nil if `sizes` is empty.
  init?(_ sizes: [PictureSize]) {
    let sorted = sizes.sorted { ($0.shorter, $0.longer) < ($1.shorter, $1.longer) }
    guard let first = sorted.first, let last = sorted.last else { return nil }
    (smallest, largest) = (first, last)
    areEqual = Set(sizes).count == 1
    median = sorted[sorted.count / 2].shorter
    let aspects = sizes.map { Double($0.longer) / Double($0.shorter) }.sorted()
    aspect = aspects[aspects.count / 2]
  }

  /// `256x256`, or `180x200 to 600x800, half of them at least 256 on the shorter side`.
  var description: String {
    if areEqual { return "\(smallest.width)x\(smallest.height)" }
    return "\(smallest.width)x\(smallest.height) to \(largest.width)x\(largest.height), half of them with a shorter "
      + "side of at least \(median)"
  }
}

extension PictureSize {
  var shorter: Int { min(width, height) }
  var longer: Int { max(width, height) }

  /// One of two pictures that stand side by side in a file of this size.
  var half: PictureSize { PictureSize(width: width / 2, height: height) }
}
