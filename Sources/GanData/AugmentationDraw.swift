import Foundation
import GanBase
import GanConfig
import GanImage

/// The random changes of one picture, or of both of a pair. Whatever the options, the same number of words is drawn, so
/// that switching one on does not change what the others draw.
struct AugmentationDraw: Sendable {
  /// Radians, positive: clockwise.
  let angle: Double
  let scale: Double
  /// Shares of width and height.
  let moved: (x: Double, y: Double)
  /// Pixels to the right for each pixel downwards.
  let shear: Double
  /// Quarters of a turn, clockwise.
  let turns: Int
  let isUpsideDown: Bool
  let colours: ColourChange
  /// In levels.
  let noise: Float
  private(set) var noiseSeed: UInt64
  let blur: Double
  /// The centre of the rectangle, as shares of width and height.
  let cutout: (x: Double, y: Double)

  init(_ options: AugmentationOptions, _ random: inout RandomStream) {
    func signed(_ most: Double, _ random: inout RandomStream) -> Double { most * Double(random.uniform(-1, 1)) }
    func factor(_ range: FactorRange, _ random: inout RandomStream) -> Double {
      range.least + (range.most - range.least) * Double(random.uniform())
    }
    angle = signed(options.rotate, &random) * .pi / 180
    scale = factor(options.scale, &random)
    moved = (signed(options.translate, &random), signed(options.translate, &random))
    shear = tan(signed(options.shear, &random) * .pi / 180)
    let turns = random.nextWord() >> 30, isUpsideDown = random.nextWord() >> 31 == 1
    self.turns = options.turns ? Int(turns) : 0
    self.isUpsideDown = options.flipVertical && isUpsideDown
    var colours = ColourChange()
    colours.brightness = Float(factor(options.brightness, &random))
    colours.contrast = Float(factor(options.contrast, &random))
    colours.saturation = Float(factor(options.saturation, &random))
    colours.hue = Float(signed(options.hue, &random))
    self.colours = colours
    noise = Float(255 * options.noise) * random.uniform()
    noiseSeed = UInt64(random.nextWord()) << 32 | UInt64(random.nextWord())
    blur = options.blur * Double(random.uniform())
    cutout = (Double(random.uniform()), Double(random.uniform()))
  }

  /// As strong, but other noise: for the second picture of a pair, lest the noise in one tell that in the other.
  var withOtherNoise: AugmentationDraw {
    var other = self
    other.noiseSeed = ~noiseSeed
    return other
  }
}

/// The random numbers of one item: those of order, crop and mirror, and apart from these, so that they stay the same
/// whatever is switched on, those of its random changes.
struct ItemDraws {
  var places: RandomStream
  private var changes: RandomStream
  private let options: AugmentationOptions

  init(places: RandomStream, changes: RandomStream, options: AugmentationOptions) {
    (self.places, self.changes, self.options) = (places, changes, options)
  }

  /// The changes of the next picture or pair; nil if all are off.
  mutating func change() -> AugmentationDraw? {
    options == AugmentationOptions() ? nil : AugmentationDraw(options, &changes)
  }
}
