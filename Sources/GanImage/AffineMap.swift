import CImage

/// An affine map of the plane: `(x, y)` to `(xx x + xy y + x0, yx x + yy y + y0)`. Pixel i of a picture covers i to
/// i + 1, with y downwards.
package struct AffineMap: Equatable, Sendable {
  package var xx = 1.0, xy = 0.0, x0 = 0.0
  package var yx = 0.0, yy = 1.0, y0 = 0.0

  package init() {}

  package init(_ xx: Double, _ xy: Double, _ yx: Double, _ yy: Double) {
    (self.xx, self.xy, self.yx, self.yy) = (xx, xy, yx, yy)
  }

  package static func moving(_ x: Double, _ y: Double) -> AffineMap {
    var map = AffineMap()
    (map.x0, map.y0) = (x, y)
    return map
  }

  /// This map after `other`.
  package func after(_ other: AffineMap) -> AffineMap {
    var map = AffineMap(
      xx * other.xx + xy * other.yx, xx * other.xy + xy * other.yy,
      yx * other.xx + yy * other.yx, yx * other.xy + yy * other.yy)
    (map.x0, map.y0) = (xx * other.x0 + xy * other.y0 + x0, yx * other.x0 + yy * other.y0 + y0)
    return map
  }

  /// The largest factor by which it lengthens anything.
  package var stretch: Double {
    let sum = xx * xx + xy * xy + yx * yx + yy * yy, determinant = xx * yy - xy * yx
    return ((sum + max(0, sum * sum - 4 * determinant * determinant).squareRoot()) / 2).squareRoot()
  }
}

extension Picture {
  /// A picture of another size: each of its pixels shows the place in this one to which `map` leads it. Bilinear, with
  /// samples 0...255 that are not rounded, and mirrored beyond the edges. Where that shrinks, several places of each
  /// pixel are averaged, so that nothing aliases.
  package func warped(by map: AffineMap, width newWidth: Int, height newHeight: Int) -> FloatPicture {
    let count = newWidth * newHeight * channels
    // A little more than 1 is no shrinking worth the time.
    let samples = min(16, max(1, (map.stretch - 0.05).rounded(.up)))
    let matrix = [map.xx, map.xy, map.x0, map.yx, map.yy, map.y0]
    let values = [Float](unsafeUninitializedCapacity: count) { out, filled in
      gan_warp_u8(
        pixels, Int32(width), Int32(height), Int32(channels), out.baseAddress, Int32(newWidth), Int32(newHeight),
        matrix, Int32(samples))
      filled = count
    }
    return FloatPicture(width: newWidth, height: newHeight, channels: channels, values: values)
  }
}
