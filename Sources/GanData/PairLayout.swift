/// How the pictures of a pair are found.
package enum PairLayout: String, CaseIterable, Sendable {
  /// By name if there are two folders; else side by side, if the pictures are about twice as wide as high.
  case auto
  /// The two halves of one file, whatever its proportions.
  case sideBySide = "side_by_side"
  /// Files of one name in two folders.
  case byName = "by_name"

  /// Width for a height of 1 that two square pictures side by side may have: cameras make nothing as wide.
  package static let ratios = 1.8...2.2
}
