import GanBase
import GanImage

/// Of which sides' pictures the boxes are wanted.
package struct BoxedSides: Equatable, Sendable {
  package var a: Bool
  package var b: Bool

  package init(a: Bool = false, b: Bool = false) { (self.a, self.b) = (a, b) }

  package var isEmpty: Bool { !a && !b }
}

/// The boxes of the pictures of one folder.
struct SideBoxes: Sendable {
  private let files: BoxFiles
  private let folder: FilePath
  /// Whether every picture must have a box file or entry.
  private let isRequired: Bool

  /// - Parameter pictures: all of the folder.
  /// - Throws: `GanError` (input) for boxes that cannot be found or read, or that are of no picture.
  init(_ folder: FilePath, _ pictures: [FilePath], in place: FilePath?, isRequired: Bool) throws {
    files = try BoxFiles(of: folder, in: place)
    (self.folder, self.isRequired) = (folder, isRequired)
    try files.checkPictures(pictures, in: folder)
  }

  /// - Throws: `GanError` (input) as `BoxFiles.boxes`.
  func boxes(of picture: FilePath, _ size: PictureSize) throws -> [NamedBox] {
    isRequired
      ? try files.boxes(of: picture, in: folder, size) : try files.found(for: picture, in: folder, size) ?? []
  }
}

extension DataRequest {
  /// The boxes of side A or B, for a model that wants them. Only training pictures must have any: those for samples and
  /// validation are of use without.
  func boxes(ofB isB: Bool, _ pictures: [FilePath]) throws -> SideBoxes? {
    guard isB ? boxed.b : boxed.a, mode == .unaligned else { return nil }
    let sides = try DataLayout.sides(self), folder = isB ? sides.b : sides.a
    let place = options.boxes.map { FilePath($0) }
    if isValidation, place == nil, !BoxFiles.exist(for: folder) { return nil }
    return try SideBoxes(folder, pictures, in: place, isRequired: !isValidation)
  }
}

extension BoxFiles {
  /// Whether there are any beside a folder of pictures.
  static func exist(for folder: FilePath) -> Bool {
    ["_boxes", "_boxes.json"].contains { FileStatus(folder.adding(suffix: $0)) != nil }
  }
}
