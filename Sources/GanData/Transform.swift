import GanBase
import GanImage

/// From a picture to the samples that the networks see: grey if asked, size, crop, mirror, random changes, [-1,1].
struct Transform: Equatable, Sendable {
  let preprocess: Preprocess
  let loadSize: Int
  let cropSize: Int
  let centreCrop: Int?
  let filter: ResampleFilter
  /// Whether pixels are taken as they are instead.
  private(set) var isNearest = false
  let flip: Bool
  /// Of a box, in the crop.
  let leastBoxShare: Double, leastBoxSide: Double
  /// All off when testing.
  private(set) var augmentation: AugmentationOptions
  /// Nothing random: crops from the middle, no mirroring.
  let testing: Bool

  init(_ request: DataRequest, testing: Bool) {
    let options = request.options
    preprocess = options.preprocess
    loadSize = testing ? request.cropSize : request.loadSize
    cropSize = request.cropSize
    centreCrop = request.centreCrop
    filter = options.interpolation
    flip = options.flip && !testing
    (leastBoxShare, leastBoxSide) = (options.leastBoxShare, options.leastBoxSide)
    augmentation = testing ? AugmentationOptions() : options.augmentation
    self.testing = testing
  }

  /// The same for masks: they move with their pictures, but nothing is cut out of them.
  func ofMasks(_ interpolation: MaskInterpolation) -> Transform {
    var other = self
    other.isNearest = interpolation == .nearest
    other.augmentation.cutout = 0
    return other
  }

  /// The random choices for one picture, or for both of a pair.
  struct Draw: Equatable {
    var x = 0, y = 0, mirrored = false
  }

  /// The size of a picture before any crop but the central one.
  func scaled(_ size: PictureSize) -> PictureSize {
    let size = cut(size)
    switch preprocess {
    case .resizeAndCrop: return PictureSize(width: loadSize, height: loadSize)
    case .crop: return size
    case .scaleWidth, .scaleWidthAndCrop:
      if size.width == loadSize && size.height >= cropSize { return size }
      return PictureSize(width: loadSize, height: max(loadSize * size.height / size.width, cropSize))
    case .scaleShorter, .scaleShorterAndCrop: return size.scaled(shorterSide: loadSize)
    case .none: return PictureSize(width: nearestMultiple(size.width), height: nearestMultiple(size.height))
    }
  }

  /// The size of the result. With `lenient`, which pairs are, a picture larger than the crop on one side
  /// only is filled up with black, and one that is larger on neither stays uncropped.
  func final(_ size: PictureSize, lenient: Bool) -> PictureSize {
    let scaled = scaled(size)
    let larger = scaled.width > cropSize || scaled.height > cropSize
    return preprocess.endsInCrop && (larger || !lenient) ? PictureSize(width: cropSize, height: cropSize) : scaled
  }

  /// Whether a crop fits into a picture of this size; without it a picture that stands alone cannot be used.
  func fits(_ size: PictureSize) -> Bool {
    let scaled = scaled(size)
    return !preprocess.endsInCrop || (scaled.width >= cropSize && scaled.height >= cropSize)
  }

  /// Crop position and mirroring for a picture of this size: x, then y, then the mirror.
  func draw(_ size: PictureSize, paired: Bool, _ random: inout RandomStream) -> Draw {
    var room = scaled(size)
    // Official arithmetic: the draw for pairs does not know of the least height.
    if paired && preprocess == .scaleWidthAndCrop { room.height = loadSize * cut(size).height / cut(size).width }
    if testing {
      return Draw(
        x: max(0, PictureSize.centreOffset(size: room.width, crop: cropSize)),
        y: max(0, PictureSize.centreOffset(size: room.height, crop: cropSize)))
    }
    let x = random.below(max(0, room.width - cropSize) + 1)
    let y = random.below(max(0, room.height - cropSize) + 1)
    return Draw(x: x, y: y, mirrored: flip && random.uniform() > 0.5)
  }

  /// The picture after all steps, of the size that `final` tells.
  func apply(_ picture: Picture, channels: Int, _ draw: Draw, lenient: Bool) throws -> Picture {
    var result = try resized(picture, channels: channels)
    let final = final(picture.size, lenient: lenient)
    if final != result.size { result = result.cropped(x: draw.x, y: draw.y, width: final.width, height: final.height) }
    return draw.mirrored ? result.flipped() : result
  }

  /// The picture before any crop but the central one.
  func resized(_ picture: Picture, channels: Int) throws -> Picture {
    let target = scaled(picture.size)
    var result = picture.converted(channels: channels)
    if let centreCrop { result = result.centreCropped(width: centreCrop, height: centreCrop) }
    return isNearest
      ? try result.resizedToNearest(width: target.width, height: target.height)
      : try result.resized(width: target.width, height: target.height, filter: filter)
  }

  private func cut(_ size: PictureSize) -> PictureSize {
    centreCrop.map { PictureSize(width: $0, height: $0) } ?? size
  }
}

/// The nearest multiple of 4, halves to the even quotient (90 -> 88, 94 -> 96), but at least 4.
private func nearestMultiple(_ size: Int) -> Int {
  max(4, Int((Double(size) / 4).rounded(.toNearestOrEven)) * 4)
}
