/// How a model is usually trained: what a configuration for new pictures begins with.
public struct TrainingRecipe: Equatable, Sendable {
  /// Side of the papers' training pictures.
  public var size = 256
  /// Side to which they are scaled before the crop, for a crop of `size`.
  public var loadSize = 286
  public var batchSize = 1

  /// The same proportion for another crop, even.
  public func loadSize(forCrop crop: Int) -> Int {
    max(crop, Int((Double(crop) * Double(loadSize) / Double(size) / 2).rounded()) * 2)
  }
}

extension ImageTranslator {
  public static var recipe: TrainingRecipe { TrainingRecipe() }
  public static func options(fitting size: Int) -> Options { Options() }
}

extension Pix2Pix {
  /// A U-Net that leaves 1x1, or one that takes a smaller power of two where there is no such size.
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    let halvings = size.trailingZeroBitCount
    options.networks.generator = halvings >= 5 ? .unet(levels: min(halvings, 8)) : .resnet(blocks: 6)
    return options
  }
}

extension CycleGAN {
  /// The paper has 6 blocks for 128x128, and 9 from 256x256 on.
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.generator = .resnet(blocks: size < 256 ? 6 : 9)
    return options
  }
}

extension NICEGAN {
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.head.imageSize = size
    return options
  }
}

extension UGATIT {
  /// Without `light`, most of its weights would look at every pixel: the official program's advice for small memory.
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.head.light = true
    options.head.imageSize = size
    return options
  }
}

extension UNIT {
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.scales = judgedScales(size)
    return options
  }
}

extension MUNIT {
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.scales = judgedScales(size)
    return options
  }
}

/// The smallest of the scales is still 16 pixels wide or more.
private func judgedScales(_ size: Int) -> Int { size >= 64 ? 3 : size >= 32 ? 2 : 1 }

extension DRIT {
  public static var recipe: TrainingRecipe { TrainingRecipe(size: 216, loadSize: 256, batchSize: 2) }

  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.scales = judgedScales(size)
    options.discriminatorLayers = options.scales == 1 ? 4 : nil
    options.networks.fit(size)
    return options
  }
}

extension DRITPlusPlus {
  public static var recipe: TrainingRecipe { TrainingRecipe(size: 216, loadSize: 256, batchSize: 2) }

  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.judge(size)
    options.networks.fit(size)
    return options
  }
}

extension DRITNetworkOptions {
  /// As many layers as a content of these pictures has room for.
  fileprivate mutating func fit(_ size: Int) {
    while contentHalvings > 0, leastJudgedSize > size { contentHalvings -= 1 }
  }
}

extension StarGAN {
  public static var recipe: TrainingRecipe { TrainingRecipe(size: 128, loadSize: 128, batchSize: 16) }

  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.judge(size)
    return options
  }
}

/// Options of discriminators that halve pictures of one size in each layer.
private protocol HalvingOptions {
  var imageSize: Int { get set }
  var discriminatorLayers: Int { get set }
}

extension StarGAN.Options: HalvingOptions {}
extension DRITPlusPlus.Options: HalvingOptions {}

extension HalvingOptions {
  /// Pictures of that size, and no more layers than leave one pixel.
  fileprivate mutating func judge(_ size: Int) {
    imageSize = size
    discriminatorLayers = min(discriminatorLayers, size.bitWidth - 1 - size.leadingZeroBitCount)
  }
}
