import GanBase

extension Picture {
  /// This picture with thin lines around boxes in its pixels: yellow, or white in a grey picture.
  package func outlined(_ boxes: [Box]) -> Picture {
    var result = self
    let ink: [UInt8] = channels == 1 ? [255] : [255, 220, 0]
    func set(_ x: Int, _ y: Int) {
      for channel in 0..<channels { result[x, y, channel] = ink[channel] }
    }
    for box in boxes {
      let columns = Box.pixels(from: box.left, to: box.right, of: width)
      let rows = Box.pixels(from: box.top, to: box.bottom, of: height)
      guard let left = columns.first, let right = columns.last, let top = rows.first, let bottom = rows.last else {
        continue
      }
      for x in columns {
        set(x, top)
        set(x, bottom)
      }
      for y in rows {
        set(left, y)
        set(right, y)
      }
    }
    return result
  }
}
