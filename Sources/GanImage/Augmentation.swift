extension Picture {
  /// The rectangle whose top left corner is (x, y). What lies outside the picture is `fill`.
  package func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int, fill: UInt8 = 0) -> Picture {
    if x == 0 && y == 0 && newWidth == width && newHeight == height { return self }
    var result = Picture(width: newWidth, height: newHeight, channels: channels, fill: fill)
    let columns = max(x, 0)..<max(min(x + newWidth, width), max(x, 0))
    let rows = max(y, 0)..<max(min(y + newHeight, height), max(y, 0))
    result.pixels.withUnsafeMutableBufferPointer { out in
      pixels.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = out.baseAddress else { return }
        for row in rows {
          let target = ((row - y) * newWidth + columns.lowerBound - x) * channels
          (to + target).update(
            from: from + (row * width + columns.lowerBound) * channels, count: columns.count * channels)
        }
      }
    }
    return result
  }

  /// The middle `width` x `height` pixels, offsets as `PictureSize.centreOffset` says.
  package func centreCropped(width newWidth: Int, height newHeight: Int) -> Picture {
    cropped(
      x: PictureSize.centreOffset(size: width, crop: newWidth),
      y: PictureSize.centreOffset(size: height, crop: newHeight), width: newWidth, height: newHeight)
  }

  /// Mirrored: left and right exchanged.
  package func flipped() -> Picture { turned(by: 2) }

  /// The two pictures of a side-by-side file; nil when it is one pixel wide.
  package func halves() -> (left: Picture, right: Picture)? { width < 2 ? nil : (part(.left), part(.right)) }
}
