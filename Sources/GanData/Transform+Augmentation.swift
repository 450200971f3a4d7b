import Foundation
import GanImage

/// A training picture after all steps: 8-bit, or with samples that random changes have not rounded.
enum TrainingPicture: Equatable, Sendable {
  case exact(Picture)
  case changed(FloatPicture)

  var size: PictureSize {
    switch self {
    case .exact(let picture): picture.size
    case .changed(let picture): PictureSize(width: picture.width, height: picture.height)
    }
  }

  var channels: Int {
    switch self {
    case .exact(let picture): picture.channels
    case .changed(let picture): picture.channels
    }
  }

  /// The samples as [-1,1].
  func normalize(into values: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .exact(let picture): picture.normalize(into: values)
    case .changed(let picture): picture.normalize(into: values)
    }
  }
}

extension TrainingPicture {
  /// The picture at a fraction of the size, 8-bit as it would be in a file, by the bicubic filter that Pillow and MATLAB
  /// have (a = -0.5, antialiased).
  /// - Parameter factor: of height and width, which are multiples of it.
  /// - Throws: `GanError` (environment) if memory is short.
  func reduced(by factor: Int, channels: Int) throws -> Picture {
    let picture: Picture
    switch self {
    case .exact(let exact): picture = exact
    case .changed(let changed): picture = changed.rounded()
    }
    return try picture.converted(channels: channels)
      .resized(width: size.width / factor, height: size.height / factor, filter: .bicubic)
  }
}

extension Transform {
  /// The picture after all steps with these random changes: one resampling for all that moves, then colours, blur and
  /// noise, then the grey rectangle.
  /// - Parameter changesColours: whether colours, blur and noise are for this picture.
  /// - Throws: `GanError` (environment) if memory is short.
  func apply(
    _ picture: Picture, channels: Int, _ draw: Draw, _ change: AugmentationDraw?, changesColours: Bool, lenient: Bool
  ) throws -> TrainingPicture {
    guard let change else { return .exact(try apply(picture, channels: channels, draw, lenient: lenient)) }
    let final = final(picture.size, lenient: lenient)
    var result: FloatPicture
    if augmentation.warps {
      result = try warped(picture, channels, draw, change, final, lenient: lenient)
    } else {
      let upright = try apply(picture, channels: channels, draw, lenient: lenient)
      let exact = upright.turned(change, isSquare: final.isSquare)
      guard augmentation.changesSamples(colours: changesColours) else { return .exact(exact) }
      result = FloatPicture(exact)
    }
    if changesColours {
      if augmentation.changesColours { result.adjust(change.colours) }
      if change.blur > 0 { try result.blur(change.blur) }
      if change.noise > 0 { result.addNoise(change.noise, seed: change.noiseSeed) }
    }
    if augmentation.cutout > 0 { result.cutOut(change.cutout, share: augmentation.cutout) }
    return .changed(result)
  }

  /// What lies around the crop comes into the picture where there is any.
  private func warped(
    _ picture: Picture, _ channels: Int, _ draw: Draw, _ change: AugmentationDraw, _ final: PictureSize, lenient: Bool
  ) throws -> FloatPicture {
    let target = scaled(picture.size)
    // A picture smaller than the crop is filled up with black first.
    let isPadded = final.width > target.width || final.height > target.height
    var plain = draw
    plain.mirrored = false
    let source =
      try isPadded
      ? apply(picture, channels: channels, plain, lenient: lenient) : resized(picture, channels: channels)
    let isWhole = isPadded || final == target
    let centre = (x: Double(final.width) / 2, y: Double(final.height) / 2)
    let corner = isWhole ? (x: 0.0, y: 0.0) : (x: Double(draw.x), y: Double(draw.y))
    let map = AffineMap.moving(corner.x + centre.x, corner.y + centre.y)
      .after(change.inverse(final, mirrored: draw.mirrored)).after(.moving(-centre.x, -centre.y))
    return source.warped(by: map, width: final.width, height: final.height)
  }
}

extension AugmentationDraw {
  /// From a place in the result to its place in the picture, both relative to the centre.
  fileprivate func inverse(_ size: PictureSize, mirrored: Bool) -> AffineMap {
    let quarter = [AffineMap(), AffineMap(0, 1, -1, 0), AffineMap(-1, 0, 0, -1), AffineMap(0, -1, 1, 0)]
    let flips = AffineMap(mirrored ? -1 : 1, 0, 0, isUpsideDown ? -1 : 1)
    let turnedBack = AffineMap(cos(angle), sin(angle), -sin(angle), cos(angle))
    return AffineMap(1 / scale, -shear / scale, 0, 1 / scale).after(turnedBack)
      .after(.moving(-moved.x * Double(size.width), -moved.y * Double(size.height)))
      .after(flips).after(quarter[turns(isSquare: size.isSquare)])
  }

  /// Pictures that are not square are turned by 180 degrees only.
  fileprivate func turns(isSquare: Bool) -> Int { isSquare ? turns : turns & 2 }
}

extension AugmentationOptions {
  /// Whether samples are changed, not only moved.
  fileprivate func changesSamples(colours: Bool) -> Bool {
    cutout > 0 || colours && (changesColours || blur > 0 || noise > 0)
  }
}

extension PictureSize {
  fileprivate var isSquare: Bool { width == height }
}

extension Picture {
  /// The turns and the vertical flip alone, which move whole pixels.
  fileprivate func turned(_ change: AugmentationDraw, isSquare: Bool) -> Picture {
    let upright = 1, upsideDown = 4, quarters = [1, 6, 3, 8]
    return turned(by: change.isUpsideDown ? upsideDown : upright).turned(by: quarters[change.turns(isSquare: isSquare)])
  }
}

extension FloatPicture {
  /// - Parameters:
  ///   - centre: as shares of width and height.
  ///   - share: the rectangle's, of width and height.
  fileprivate mutating func cutOut(_ centre: (x: Double, y: Double), share: Double) {
    let cutWidth = Int((Double(width) * share).rounded()), cutHeight = Int((Double(height) * share).rounded())
    cutOut(
      x: Int(centre.x * Double(width)) - cutWidth / 2, y: Int(centre.y * Double(height)) - cutHeight / 2,
      width: cutWidth, height: cutHeight)
  }
}
