import GanBase
import GanData
import GanImage

/// The pictures of a folder, and what can be told of them without decoding any.
struct PictureCollection {
  /// Headers that are looked at: enough to know what most pictures are like.
  private static let mostHeaders = 300

  let folder: FilePath
  /// As `PictureFile.listing` gives them.
  let paths: [FilePath]
  /// Which other files there are; nil for none.
  let skipped: String?
  /// Of up to 300 of them, evenly spread. Damaged ones are not among them.
  let sizes: [PictureSize]

  var count: Int { paths.count }

  /// nil where there are no pictures.
  init?(_ folder: FilePath, recursive: Bool = true) {
    guard let listing = try? PictureFile.listing(folder: folder, recursive: recursive) else { return nil }
    let paths = listing.pictures
    (self.folder, self.paths, skipped) = (folder, paths, listing.skippedText)
    let step = max(1, paths.count / Self.mostHeaders)
    sizes = stride(from: 0, to: paths.count, by: step).compactMap { index in
      (try? PictureFile.header(of: paths[index])).map { PictureSize(width: $0.width, height: $0.height) }
    }
  }

  /// Whether nearly all pictures are about twice as wide as high, as two square ones side by side are.
  var areSideBySide: Bool {
    let wide = sizes.filter { PairLayout.ratios.contains(Double($0.width) / Double($0.height)) }
    return !sizes.isEmpty && wide.count * 10 >= sizes.count * 9
  }

  /// Paths within the folder without the file's ending, which are what pairs have in common.
  var stems: Set<FilePath> { Set(paths.map { $0.relative(to: folder).withoutEnding }) }
}

/// Sizes of many pictures in a few words and numbers.
struct SizeStatistics {
  /// Of the shorter sides.
  let median: Int
  /// Longer side to shorter, of the median picture.
  let aspect: Double
  private let smallest: PictureSize, largest: PictureSize
  private let areEqual: Bool

  /// nil without any.
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
