import GanBase
import GanImage
import GanNN

// Pads pictures of any size to one that a generator takes.

extension SizeRule {
  /// The smallest allowed size that is at least `size`.
  func covering(_ size: Int) -> Int {
    let wanted = max(size, least)
    return nextMultiple(of: multiple, from: wanted)
  }
}

extension Picture {
  /// The picture padded at the right and the bottom by reflection, as by `torch.nn.ReflectionPad2d`. Padding larger
  /// than the picture reflects repeatedly.
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

/// The index of the pixel at position `index` of an axis of `size` pixels padded by repeated reflection.
func mirrorIndex(_ index: Int, size: Int) -> Int {
  if size == 1 { return 0 }
  let period = 2 * (size - 1)
  let place = index % period
  return place < size ? place : period - place
}
