import GanBase
import GanImage
import GanNN

// Pictures of any size come to one that a generator takes, and back.

extension SizeRule {
  /// The least allowed size that is not below `size`.
  func covering(_ size: Int) -> Int {
    let wanted = max(size, least)
    return nextMultiple(of: multiple, from: wanted)
  }
}

extension Picture {
  /// The picture continued to the right and below by its mirror image, the border pixel not repeated; where the
  /// picture is smaller than what is to be added, it is mirrored to and fro.
  func mirrored(toWidth newWidth: Int, height newHeight: Int) -> Picture {
    if newWidth == width && newHeight == height { return self }
    let columns = (0..<newWidth).map { mirrorIndex($0, size: width) * channels }
    let count = newWidth * newHeight * channels
    let continued = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      pixels.withUnsafeBufferPointer { source in
        var index = 0
        for y in 0..<newHeight {
          let row = mirrorIndex(y, size: height) * width * channels
          for column in columns {
            for channel in 0..<channels {
              out[index] = source[row + column + channel]
              index += 1
            }
          }
        }
      }
      filled = count
    }
    return Picture(width: newWidth, height: newHeight, channels: channels, pixels: continued)
  }
}

/// Which pixel of an axis stands at `index`, from 0, when the axis is mirrored to and fro.
func mirrorIndex(_ index: Int, size: Int) -> Int {
  if size == 1 { return 0 }
  let period = 2 * (size - 1)
  let place = index % period
  return place < size ? place : period - place
}
