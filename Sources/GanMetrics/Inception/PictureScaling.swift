import GanImage

/// How pictures become the network's input. Scores of different ways cannot be compared.
public enum PictureScaling: String, CaseIterable, Sendable {
  /// pytorch-fid, clean-fid's "legacy_pytorch": two-tap bilinear, then 2x - 1.
  case pytorchFID = "pytorch-fid"
  /// clean-fid: Pillow's antialiased bicubic, clipped, then (x - 128) / 128.
  case cleanFID = "clean-fid"
  /// torch-fidelity and the original TensorFlow program: two-tap bilinear without the half pixel, (x - 128) / 128.
  case tensorFlow = "tensorflow"

  /// The input `[side,side,3]` for a picture of any size.
  /// - Throws: `GanError` (environment) where memory is short.
  public func input(_ picture: Picture, side: Int = InceptionNetwork.side) throws -> [Float] {
    let picture = FloatPicture(picture.rgb())
    switch self {
    case .pytorchFID:
      // In fp32, in the order of the official program: levels to [0,1], resizing, stretching.
      let scaled = FloatPicture(
        width: picture.width, height: picture.height, channels: 3, values: picture.values.map { $0 / 255 })
      return try scaled.resized(width: side, height: side, .torchBilinear).values.map { 2 * $0 - 1 }
    case .cleanFID:
      return try picture.resized(width: side, height: side, .bicubic).clamped().values.map { ($0 - 128) / 128 }
    case .tensorFlow:
      return try picture.resized(width: side, height: side, .tensorFlowBilinear).values.map { ($0 - 128) / 128 }
    }
  }
}
