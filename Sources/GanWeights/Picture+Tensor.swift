import GanImage
import GanModels
import GanTensor

extension ImageTranslator {
  /// How the model's official program rounds pixel values.
  package var rounding: ByteRounding { Self.info.roundsLevels ? .nearest : .truncate }
}

extension Picture {
  /// The first picture of `[N,H,W,C]` in [-1,1].
  package init(_ pictures: Tensor, rounding: ByteRounding) {
    let (height, width, channels) = (pictures.shape[1], pictures.shape[2], pictures.shape[3])
    self.init(pictures, width: width, height: height, channels: channels, rounding: rounding)
  }

  /// The upper left part of the first picture of `[N,H,W,C]` in [-1,1].
  package init(_ pictures: Tensor, width: Int, height: Int, channels: Int, rounding: ByteRounding) {
    let row = pictures.shape[2] * channels
    precondition(pictures.shape[1] >= height && pictures.shape[2] >= width && pictures.shape[3] == channels)
    self = pictures.withBytes { bytes in
      let values = bytes.bindMemory(to: Float.self)
      return Picture(width: width, height: height, channels: channels, rounding: rounding) { y in
        UnsafeBufferPointer(rebasing: values[y * row..<y * row + width * channels])
      }
    }
  }
}
