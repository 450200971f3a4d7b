import GanBase
import GanConfig
import GanNN
import GanTensor

/// What the scale and shift of the adaptive norms of NICE-GAN and U-GAT-IT are computed from.
package struct HeadOptions: Settings, Equatable, Sendable {
  package var light: Bool
  package var imageSize = 256

  package init() { self.init(light: true) }
  package init(light: Bool) { self.light = light }

  package static let options: [Option<HeadOptions>] = [
    .flag(
      "light", \.light,
      "the generators' norms depend on the means of feature maps, not on every pixel: far fewer weights, and any size"),
    .integer("image_size", \.imageSize, in: 8...1024, "with light: false, the height and width of all pictures"),
  ]

  package func problems() -> [SettingsProblem] {
    light || imageSize % 4 == 0
      ? [] : [SettingsProblem("image_size", "image_size: expected a multiple of 4, found \(imageSize)")]
  }

  /// Pixels of the map that the head looks at; nil if it looks at means.
  var pixels: Int? { light ? nil : fullPixels }
  var fullPixels: Int { (imageSize / 4) * (imageSize / 4) }

  var sizeRule: SizeRule {
    light
      ? SizeRule(multiple: 4, least: 8) : SizeRule(multiple: imageSize, least: imageSize, most: imageSize)
  }

  /// - Throws: `GanError` (input) for `pictures` that the head was not made for.
  package func check(_ pictures: Tensor) throws {
    guard let pixels else { return }
    let (height, width) = (pictures.shape[1], pictures.shape[2])
    if (height / 4) * (width / 4) != pixels {
      throw GanError.input(
        "a picture of \(width)x\(height): this model was made for \(imageSize)x\(imageSize) alone",
        help: "scale pictures to \(imageSize)x\(imageSize), or train a model with light: true")
    }
  }
}
