import GanBase
import GanImage

/// What pictures must come out as, for the networks to take them.
public struct NetworkNeeds {
  /// Whether a height or width will do.
  public let fits: (Int) -> Bool
  /// For instance "multiples of 64, at least 64".
  public let words: String
  /// What helps, given the shortest side of the pictures that do not fit.
  public let help: (_ shortest: Int) -> String

  public init(words: String, fits: @escaping (Int) -> Bool, help: @escaping (_ shortest: Int) -> String) {
    (self.words, self.fits, self.help) = (words, fits, help)
  }

  func fit(_ size: PictureSize) -> Bool { fits(size.width) && fits(size.height) }
}

/// What came of looking at all pictures.
public struct DataReport {
  /// What is wrong with pictures that are skipped.
  public internal(set) var unusable: [Diagnostic] = []
  /// Worth a line each: nothing that stands in the way, but what not everybody expects.
  public internal(set) var notices: [String] = []
  /// The largest picture after all steps, and as it is stored; nil where none can be used.
  public internal(set) var largest: PictureSize?
  public internal(set) var largestFile: PictureSize?
  /// Whether pictures are of several sizes after all steps.
  public internal(set) var isVaried = false
}
