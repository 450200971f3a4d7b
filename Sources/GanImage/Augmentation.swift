extension Picture {
  /// The rectangle whose top left corner is (x, y). What lies outside the picture is `fill`.
  public func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int, fill: UInt8 = 0) -> Picture {
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
  public func centreCropped(width newWidth: Int, height newHeight: Int) -> Picture {
    cropped(
      x: PictureSize.centreOffset(size: width, crop: newWidth),
      y: PictureSize.centreOffset(size: height, crop: newHeight), width: newWidth, height: newHeight)
  }

  /// Left and right exchanged.
  public func flipped() -> Picture { turned(by: 2) }

  /// The two pictures of a side-by-side file, split at floor(width / 2); nil when it is one pixel wide.
  /// An odd width gives the right one a column more.
  public func halves() -> (left: Picture, right: Picture)? {
    let middle = width / 2
    guard middle > 0 else { return nil }
    return (
      cropped(x: 0, y: 0, width: middle, height: height),
      cropped(x: middle, y: 0, width: width - middle, height: height)
    )
  }

  /// Grown on the right and at the bottom to multiples of `multiple` by mirroring about the last pixel,
  /// which is not repeated; `cropped` to the old size undoes it.
  public func reflectPadded(toMultipleOf multiple: Int) -> Picture {
    precondition(multiple > 0)
    let newWidth = (width + multiple - 1) / multiple * multiple
    let newHeight = (height + multiple - 1) / multiple * multiple
    if newWidth == width && newHeight == height { return self }
    let columns = (0..<newWidth).map { mirrored($0, width) }
    var result = Picture(width: newWidth, height: newHeight, channels: channels)
    result.pixels.withUnsafeMutableBufferPointer { out in
      pixels.withUnsafeBufferPointer { source in
        var target = 0
        for y in 0..<newHeight {
          let row = mirrored(y, height) * width
          for column in columns {
            for channel in 0..<channels {
              out[target] = source[(row + column) * channels + channel]
              target += 1
            }
          }
        }
      }
    }
    return result
  }
}

/// The position in 0..<size that mirroring at both ends, as often as needed, leads `index` to.
private func mirrored(_ index: Int, _ size: Int) -> Int {
  if size == 1 { return 0 }
  let phase = index % (2 * size - 2)
  return phase < size ? phase : 2 * size - 2 - phase
}
