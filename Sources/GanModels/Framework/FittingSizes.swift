import GanConfig
import GanNN

// Options that suit the size of the training pictures.

/// The smallest of the scales is still 16 pixels wide or more.
func judgedScales(_ size: Int) -> Int { size >= 64 ? 3 : size >= 32 ? 2 : 1 }

/// Options of discriminators that halve pictures of one size in each layer.
protocol SizedDiscriminatorOptions {
  var imageSize: Int { get set }
  var discriminatorLayers: Int { get set }
}

extension SizedDiscriminatorOptions {
  /// Pictures of that size, and no more layers than leave one pixel.
  mutating func judge(_ size: Int) {
    imageSize = size
    discriminatorLayers = min(discriminatorLayers, size.bitWidth - 1 - size.leadingZeroBitCount)
  }
}
