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
    let values = pictures.floats.prefix(height * width * channels)
    self.init(normalized: Array(values), width: width, height: height, channels: channels, rounding: rounding)
  }
}
