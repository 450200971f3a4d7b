/// A rectangle in a picture or a map, in its pixels: pixel `i` of a row reaches from `i` to `i + 1`.
package struct Box: Equatable, Sendable {
  package var left: Double
  package var top: Double
  package var right: Double
  package var bottom: Double

  package init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  package var width: Double { right - left }
  package var height: Double { bottom - top }
  package var area: Double { width * height }

  /// The part of it that lies in a picture of this size; nil if there is none.
  package func cut(width: Double, height: Double) -> Box? {
    let part = Box(
      left: max(0, left), top: max(0, top), right: min(width, right), bottom: min(height, bottom))
    return part.width > 0 && part.height > 0 ? part : nil
  }

  /// The same place after the picture was scaled by these factors.
  package func scaled(_ x: Double, _ y: Double) -> Box {
    Box(left: left * x, top: top * y, right: right * x, bottom: bottom * y)
  }

  package func moved(_ x: Double, _ y: Double) -> Box {
    Box(left: left + x, top: top + y, right: right + x, bottom: bottom + y)
  }

  /// The same place in a picture of this width mirrored left to right.
  package func mirrored(width: Double) -> Box {
    Box(left: width - right, top: top, right: width - left, bottom: bottom)
  }

  /// The pixels of a row, or of a column, whose centres lie between two places of it.
  package static func pixels(from start: Double, to end: Double, of size: Int) -> Range<Int> {
    let first = min(size, max(0, Int((start - 0.5).rounded(.up))))
    return first..<max(first, min(size, Int((end - 0.5).rounded(.up))))
  }
}
