import GanImage

/// How pictures are converted to the network's input. Scores of different variants cannot be compared.
package enum PictureScaling: String, CaseIterable, Sendable {
  /// pytorch-fid, clean-fid's "legacy_pytorch": two-tap bilinear, then 2x - 1.
  case pytorchFID = "pytorch-fid"
  /// clean-fid: Pillow's antialiased bicubic, clipped, then (x - 128) / 128.
  case cleanFID = "clean-fid"
  /// torch-fidelity and the original TensorFlow program: two-tap bilinear without the half pixel, (x - 128) / 128.
  case tensorFlow = "tensorflow"

  /// The input `[side,side,3]` for a picture of any size.
  /// - Throws: `GanError` (environment) if memory runs out.
  package func input(_ picture: Picture, side: Int = InceptionNetwork.side) throws -> [Float] {
    let picture = picture.rgb()
    switch self {
    case .pytorchFID:
      return try FloatPicture.twoTap(picture, width: side, height: side, halfPixel: true).values.map { $0 / 127.5 - 1 }
    case .cleanFID:
      let scaled = try FloatPicture(picture).resized(width: side, height: side, .bicubic)
      return scaled.clamped().values.map { ($0 - 128) / 128 }
    case .tensorFlow:
      return try FloatPicture.twoTap(picture, width: side, height: side, halfPixel: false).values.map {
        ($0 - 128) / 128
      }
    }
  }
}
