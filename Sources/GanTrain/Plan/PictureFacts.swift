import GanBase
import GanData
import GanImage

/// How large the training pictures are, and what becomes of them.
struct PictureFacts {
  let groups: [PictureGroup]
  let preprocess: Preprocess
  let loadSize: Int
  let cropSize: Int
  private let mirrors: Bool
  private let seen: PictureSize?
  private let isVaried: Bool

  init(_ parts: TrainingParts) {
    let request = parts.pictures.request
    groups = parts.report.groups
    (preprocess, mirrors) = (request.options.preprocess, request.options.flip)
    (loadSize, cropSize) = (request.loadSize, request.cropSize)
    (seen, isVaried) = (parts.report.largest, parts.report.isVaried)
  }

  /// Pictures with a side shorter than the crop.
  var smaller: Int { groups.reduce(0) { $0 + $1.count(smallerThan: cropSize) } }
  var count: Int { groups.reduce(0) { $0 + $1.count } }

  /// `64x64 to 512x384, median 256x256`, or `all 64x64`.
  static func sizes(of group: PictureGroup) -> String {
    guard let least = group.least, let median = group.median, let greatest = group.greatest else { return "none" }
    if least == greatest { return (group.count == 1 ? "" : "all ") + text(least) }
    return "\(text(least)) to \(text(greatest)), median \(text(median))"
  }

  /// `scaled to 286x286, then cropped to 256x256 at random; half of them mirrored`
  var change: String {
    let load = loadSize, side = loadSize
    let scaling =
      switch preprocess {
      case .resizeAndCrop: "scaled to \(load)x\(load)"
      case .crop, .none: ""
      case .scaleWidth, .scaleWidthAndCrop: "scaled to a width of \(side)"
      case .scaleShorter, .scaleShorterAndCrop: "scaled to a shorter side of \(side)"
      }
    let isWhole = preprocess == .resizeAndCrop && load == cropSize
    let cropping = preprocess.endsInCrop && !isWhole ? "cropped to \(cropSize)x\(cropSize) at random" : ""
    var text = [scaling, cropping].filter { !$0.isEmpty }.joined(separator: ", then ")
    if text.isEmpty { text = "used as they are" }
    return text + (mirrors ? "; half of them mirrored" : "")
  }

  /// How many pictures have a side shorter than half of the crop, and how many there are; nil if none are enlarged.
  var muchSmaller: (few: Int, all: Int)? {
    guard preprocess.endsInCrop, preprocess != .crop, count > 0 else { return nil }
    return (groups.reduce(0) { $0 + $1.count(smallerThan: (cropSize + 1) / 2) }, count)
  }

  /// What becomes of pictures that are smaller than the crop; nil if there are none.
  var smallOnes: String? {
    guard preprocess.endsInCrop, smaller > 0 else { return nil }
    let fate = preprocess == .crop ? "" : " and will be enlarged"
    return "\(grouped(smaller)) of \(grouped(count)) \(smaller == 1 ? "is" : "are") smaller than "
      + "\(cropSize)x\(cropSize)\(fate)"
  }

  /// For the first lines of a run.
  var inShort: String {
    let sizes = Set(groups.map(Self.sizes))
    let text =
      sizes.count == 1
      ? sizes.first ?? "" : groups.prefix(4).map { "\($0.name) \(Self.sizes(of: $0))" }.joined(separator: "; ")
    return "\(text); \(change)" + (smallOnes.map { "; \($0)" } ?? "")
  }

  private static func text(_ size: PictureSize) -> String { "\(size.width)x\(size.height)" }
}
