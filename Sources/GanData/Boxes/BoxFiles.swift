import GanBase
import GanImage

/// Where the boxes of pictures stand: one file for all pictures in COCO's format, or a file for each picture in YOLO's
/// or Pascal VOC's.
package struct BoxFiles: Sendable {
  private enum Source: Sendable {
    case one(COCOBoxes)
    case folder(FilePath, ClassList?)
  }

  private let source: Source
  /// Whether it belongs to the pictures of one folder, and not to several.
  private let isOwn: Bool

  /// The file or the folder.
  package var path: FilePath {
    switch source {
    case .one(let file): file.path
    case .folder(let folder, _): folder
    }
  }

  /// Boxes of whatever pictures.
  /// - Throws: `GanError` (input) for a path that leads to nothing, or a file that cannot be read.
  package init(_ path: FilePath) throws { try self.init(path, isOwn: false) }

  private init(_ path: FilePath, isOwn: Bool) throws {
    self.isOwn = isOwn
    if path.isFolder {
      source = .folder(path, try ClassList(near: path))
      return
    }
    guard FileStatus(path) != nil else {
      throw GanError.input("there is no such file or folder of boxes", at: path, help: MissingPath.help(path))
    }
    guard path.ending == "json" else {
      throw GanError.input(
        "expected a folder of box files, or one .json file in COCO's format", at: path,
        help: "name the folder that holds the .txt or .xml files")
    }
    source = .one(try COCOBoxes(path: path))
  }

  /// Those of the pictures of a folder, found by its name: `trainA_boxes` or `trainA_boxes.json` beside `trainA`; or, if
  /// a place is given, `trainA` or `trainA.json` in it, or the place itself.
  /// - Parameter place: `data.boxes`.
  /// - Throws: `GanError` (input) if there are none.
  init(of folder: FilePath, in place: FilePath?) throws {
    let candidates: [FilePath]
    if let place {
      guard place.isFolder else {
        try self.init(place)
        return
      }
      candidates = [place.appending(folder.shownName), place.appending(folder.shownName + ".json")]
    } else {
      candidates = ["_boxes", "_boxes.json"].map { folder.adding(suffix: $0) }
    }
    if let found = candidates.first(where: { FileStatus($0) != nil }) {
      try self.init(found, isOwn: true)
    } else if let place {
      try self.init(place)
    } else {
      throw GanError.input(
        "there are no boxes of its pictures: neither \(candidates[0].shownName) nor \(candidates[1].shownName) is "
          + "beside it",
        at: folder, help: "put box files there, or name their folder or file in data.boxes; see README, Boxes")
    }
  }

  /// The boxes of a picture, checked against its size, in the order of the file; nil if nothing tells them.
  /// - Parameters:
  ///   - folder: the folder of the pictures; the names of box files are relative to it.
  ///   - size: of the picture as it is stored.
  /// - Throws: `GanError` (input) naming the file and the line or entry that is wrong.
  package func found(for picture: FilePath, in folder: FilePath, _ size: PictureSize) throws -> [NamedBox]? {
    switch source {
    case .one(let file):
      let list = file.pictures[picture.relative(to: folder).shown] ?? file.list(ofFile: picture.shownName)
      return try list?.checked(for: size)
    case .folder(let boxes, let classes):
      let (text, xml) = Self.files(for: picture, in: folder, boxes)
      switch (FileStatus(text) != nil, FileStatus(xml) != nil) {
      case (true, false): return try YOLOBoxes.read(text, of: size, classes: classes).checked(for: size)
      case (false, true): return try VOCBoxes.read(xml, classes: classes).checked(for: size)
      case (true, true):
        throw GanError.input("has two box files, \(text) and \(xml.shownName)", at: picture, help: "remove one of them")
      case (false, false): return nil
      }
    }
  }

  /// The same, where there must be some.
  /// - Throws: `GanError` (input) also if nothing tells them.
  package func boxes(of picture: FilePath, in folder: FilePath, _ size: PictureSize) throws -> [NamedBox] {
    if let found = try found(for: picture, in: folder, size) { return found }
    switch source {
    case .one(let file):
      throw GanError.input(
        "is not in the list \"images\" of \(file.path)", at: picture,
        help: "a picture without objects must be listed too, without annotations")
    case .folder(let boxes, _):
      let (text, xml) = Self.files(for: picture, in: folder, boxes)
      throw GanError.input(
        "has no box file: neither \(text) nor \(xml.shownName) is there", at: picture,
        help: "an empty .txt file tells that a picture shows no object")
    }
  }

  private static func files(
    for picture: FilePath, in folder: FilePath, _ boxes: FilePath
  ) -> (text: FilePath, xml: FilePath) {
    let stem = boxes.pushing(picture.relative(to: folder).withoutEnding)
    return (stem.adding(suffix: ".txt"), stem.adding(suffix: ".xml"))
  }

  /// - Parameter pictures: of the folder.
  /// - Throws: `GanError` (input) naming a box file, or an entry, that belongs to none of the pictures.
  func checkPictures(_ pictures: [FilePath], in folder: FilePath) throws {
    guard isOwn else { return }
    let stems = Set(pictures.map { $0.relative(to: folder).withoutEnding })
    let unknown: [Diagnostic]
    switch source {
    case .one(let file):
      let names = Set(pictures.flatMap { [$0.relative(to: folder).shown, $0.shownName] })
      unknown = file.pictures.filter { !names.contains($0.key) && !names.contains(FilePath($0.key).shownName) }
        .sorted { $0.key < $1.key }
        .map { Diagnostic("there is no picture \($0.key) in \(folder)", at: $0.value.place) }
    case .folder(let boxes, _):
      let files = try FilePath.files(below: boxes).filter { ["txt", "xml"].contains($0.ending) }
      unknown = files.filter { file in
        !stems.contains(file.relative(to: boxes).withoutEnding) && !ClassList.fileNames.contains(file.shownName)
      }.map { Diagnostic("there is no picture of this name in \(folder)", at: $0) }
    }
    guard !unknown.isEmpty else { return }
    var shown = Array(unknown.prefix(10))
    shown[shown.count - 1].help =
      (unknown.count > shown.count ? "\(unknown.count - shown.count) more are without a picture; " : "")
      + "remove boxes without a picture, or add the picture"
    throw GanError(.input, shown)
  }
}

extension COCOBoxes {
  /// By the last component of a name; COCO's files often have folders before it.
  func list(ofFile name: String) -> BoxList? {
    if let list = pictures[name] { return list }
    let found = byFile[name] ?? []
    return found.count == 1 ? pictures[found[0]] : nil
  }
}

extension FilePath {
  /// The visible files of a folder and its subfolders.
  fileprivate static func files(below folder: FilePath) throws -> [FilePath] {
    do {
      return try folder.listed().filter { $0.bytes.first != UInt8(ascii: ".") }.map { folder.appending($0) }
        .sortedByBytes().flatMap { $0.isFolder ? try files(below: $0) : [$0] }
    } catch let error as GanError {
      throw GanError(.input, error.diagnostics)
    }
  }
}
