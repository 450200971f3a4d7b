import GanBase
import GanImage

/// The sizes that pictures must have after all steps, for the networks to accept them.
package struct NetworkNeeds {
  let sizes: Sizes
  /// A remedy, given the shortest side of the pictures that do not fit.
  let help: (_ shortest: Int) -> String

  /// - Parameters:
  ///   - description: for instance "multiples of 64, at least 64".
  ///   - fits: whether a height or width fits.
  package init(
    description: String, fits: @escaping @Sendable (Int) -> Bool, help: @escaping (_ shortest: Int) -> String
  ) {
    (sizes, self.help) = (Sizes(description: description, fits: fits), help)
  }

  /// The sizes that fit.
  struct Sizes: Sendable {
    let description: String
    let fits: @Sendable (Int) -> Bool

    /// What is wrong with a picture of this size; nil if nothing is.
    func problem(_ size: PictureSize, at path: FilePath, help: String? = nil) -> Diagnostic? {
      if fits(size.width), fits(size.height) { return nil }
      return Diagnostic("comes out as \(size.text); the networks need \(description)", at: path, help: help)
    }
  }
}

/// The result of looking at all pictures.
package struct DataReport {
  /// What is wrong with pictures that are skipped.
  package internal(set) var unusable: [Diagnostic] = []
  /// Notices of one line each: not errors, but not what everybody expects.
  package internal(set) var notices: [String] = []
  /// The largest picture after all steps, and as it is stored; nil if none can be used.
  package internal(set) var largest: PictureSize?
  package internal(set) var largestFile: PictureSize?
  /// The sizes of the pictures as they are stored, by folder.
  package internal(set) var groups: [PictureGroup] = []
  /// The most boxes of a picture; 0 where none are wanted.
  package internal(set) var mostBoxes = 0
  /// Whether pictures are of several sizes after all steps.
  package internal(set) var isVaried = false
}
