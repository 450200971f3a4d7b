import GanBase
import GanImage

extension Transform {
  /// The boxes where they are in the picture after all steps, cut at its border. Those of which too little is left, or
  /// that are too small, are left out.
  /// - Parameter size: of the stored picture.
  func places(of boxes: [NamedBox], in size: PictureSize, _ draw: Draw) -> [Box] {
    let whole = scaled(size), final = final(size, lenient: false)
    return boxes.compactMap { named in
      let box = scaled(named.box, in: size), moved = final == whole ? box : box.moved(-Double(draw.x), -Double(draw.y))
      guard let part = moved.cut(width: Double(final.width), height: Double(final.height)),
        part.area >= leastBoxShare * box.area, min(part.width, part.height) >= leastBoxSide
      else { return nil }
      return draw.mirrored ? part.mirrored(width: Double(final.width)) : part
    }
  }

  /// A box in the picture before the crop.
  func scaled(_ box: Box, in size: PictureSize) -> Box {
    var box = box, cut = size
    if let centreCrop {
      box = box.moved(
        -Double(PictureSize.centreOffset(size: size.width, crop: centreCrop)),
        -Double(PictureSize.centreOffset(size: size.height, crop: centreCrop)))
      cut = PictureSize(width: centreCrop, height: centreCrop)
    }
    let scaled = scaled(size)
    return box.scaled(Double(scaled.width) / Double(cut.width), Double(scaled.height) / Double(cut.height))
  }
}
