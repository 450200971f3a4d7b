/// How a data set is organised.
package enum DataMode: String, CaseIterable, Sendable {
  /// Pairs: side-by-side files in `<root>/<phase>`, or files of one name in `<root>/<phase>A` and `<root>/<phase>B`, or
  /// in `A` and `B` below or above the folder of the phase.
  case aligned
  /// Two collections without pairs: `<root>/<phase>A` and `<root>/<phase>B`.
  case unaligned
  /// One subfolder of `<root>/<phase>` or `<root>` for each domain.
  case domains
  /// One collection, `<root>`, and a file that lists the attributes of each picture.
  case attributes
  /// One collection, `<root>/<phase>` or `<root>`, from whose pictures a model's inputs can be made.
  case single
}

/// The mode as a configuration gives it, or whatever the model needs.
package enum DataModeChoice: String, CaseIterable, Sendable {
  case auto, aligned, unaligned, domains
}

/// How a picture is brought to the size that the networks see.
package enum Preprocess: String, CaseIterable, Sendable {
  /// To load_size x load_size whatever the aspect, then a crop of crop_size.
  case resizeAndCrop = "resize_and_crop"
  /// A crop of crop_size.
  case crop
  /// To the width load_size, the height in proportion but at least crop_size.
  case scaleWidth = "scale_width"
  case scaleWidthAndCrop = "scale_width_and_crop"
  /// The shorter side to load_size, aspect kept.
  case scaleShorter = "scale_shorter"
  case scaleShorterAndCrop = "scale_shorter_and_crop"
  /// Each side to the nearest multiple of 4.
  case none

  /// Whether `crop_size` is the size that the networks see.
  package var endsInCrop: Bool { self == .crop || scalesThenCrops }

  /// Whether `load_size` must not be smaller than `crop_size`.
  package var scalesThenCrops: Bool { [.resizeAndCrop, .scaleWidthAndCrop, .scaleShorterAndCrop].contains(self) }
}

/// Which side of a pair is the model's input.
package enum Direction: String, CaseIterable, Sendable {
  case aToB = "AtoB"
  case bToA = "BtoA"
}

/// What happens when a picture turns out to be damaged or gone.
package enum PictureErrorPolicy: String, CaseIterable, Sendable {
  case stop, skip
}
