import GanConfig

/// Which of the two sides of a data set random colours, noise and blur are for.
package enum AugmentedSides: String, CaseIterable, Sendable {
  case both, a, b
}

/// Random changes of training pictures besides crop and mirror, part of the section `data`. All are off by default.
/// Both pictures of a pair get the same ones.
package struct AugmentationOptions: Settings, Equatable, Sendable {
  /// Degrees.
  package var rotate = 0.0
  package var scale = FactorRange.one
  /// Share of width and height.
  package var translate = 0.0
  /// Degrees.
  package var shear = 0.0
  package var turns = false
  package var flipVertical = false
  package var brightness = FactorRange.one
  package var contrast = FactorRange.one
  package var saturation = FactorRange.one
  /// Share of the colour circle.
  package var hue = 0.0
  /// Standard deviation as a share of the range from black to white.
  package var noise = 0.0
  /// Standard deviation in pixels.
  package var blur = 0.0
  package var colourSides = AugmentedSides.both
  /// Share of width and height.
  package var cutout = 0.0

  package init() {}

  private static let factors = NumberRange(0...10)

  package static let options: [Option<AugmentationOptions>] = [
    .number("augment_rotate", \.rotate, in: 0...180, "turn pictures by up to so many degrees, to either side"),
    .factors(
      "augment_scale", \.scale, in: NumberRange(0.1...10), "enlarge or shrink pictures by a factor of this range"),
    .number("augment_translate", \.translate, in: 0...1, "move pictures by up to this share of their width and height"),
    .number("augment_shear", \.shear, in: 0...60, "shear pictures by up to so many degrees"),
    .flag("augment_turns", \.turns, "turn pictures by 0, 90, 180 or 270 degrees"),
    .flag("augment_flip_vertical", \.flipVertical, "turn half of the pictures upside down, mirrored"),
    .factors("augment_brightness", \.brightness, in: factors, "factor for the brightness"),
    .factors(
      "augment_contrast", \.contrast, in: factors, "factor for the contrast, about the mean grey of the picture"),
    .factors("augment_saturation", \.saturation, in: factors, "factor for the saturation; [0, 0] makes pictures grey"),
    .number("augment_hue", \.hue, in: 0...0.5, "turn the hue by up to this share of the colour circle"),
    .number(
      "augment_noise", \.noise, in: 0...1,
      "standard deviation of noise, up to this share of the range from black to white"),
    .number("augment_blur", \.blur, in: 0...32, "standard deviation of a Gaussian blur, up to so many pixels"),
    .choice(
      "augment_colour_sides", \.colourSides,
      "sides of the data whose colours, noise and blur the options above change"),
    .number(
      "augment_cutout", \.cutout, in: 0...1,
      "side of a grey rectangle at a random place, as a share of the picture's (DeVries and Taylor 2017)"),
  ]

  /// Whether anything is resampled.
  var warps: Bool { rotate > 0 || scale != .one || translate > 0 || shear > 0 }

  /// Options that move what pictures show, and whether they are on.
  package var moving: [(key: String, isOn: Bool)] {
    [
      ("augment_rotate", rotate > 0), ("augment_scale", scale != .one), ("augment_translate", translate > 0),
      ("augment_shear", shear > 0), ("augment_turns", turns), ("augment_flip_vertical", flipVertical),
    ]
  }

  /// Whether colours, noise and blur are for pictures of side B, or else of side A.
  func changesColours(ofB isB: Bool) -> Bool { colourSides == .both || (colourSides == .b) == isB }

  /// Options that need pictures in colour, and whether they are on.
  package var ofColour: [(key: String, isOn: Bool)] {
    [("augment_saturation", saturation != .one), ("augment_hue", hue > 0)]
  }

  var changesColours: Bool { brightness != .one || contrast != .one || saturation != .one || hue > 0 }
}
