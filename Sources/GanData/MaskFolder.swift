import GanBase
import GanImage

/// The masks in a folder, by the pictures that they belong to.
package struct MaskFolder {
  package let pattern: MaskPattern
  package let path: FilePath
  private let found: [FilePath: [(number: Int, path: FilePath)]]
  /// Pictures that are not named as masks are.
  private let others: [FilePath]

  /// Searches the folder recursively.
  /// - Throws: `GanError` (input) if there are no pictures in it.
  package init(_ path: FilePath, _ pattern: MaskPattern) throws {
    (self.path, self.pattern) = (path, pattern)
    var found: [FilePath: [(number: Int, path: FilePath)]] = [:], others: [FilePath] = []
    for mask in try PictureFile.list(folder: path, recursive: true) {
      if let (picture, number) = pattern.parsed(mask.relative(to: path)) {
        found[picture, default: []].append((number, mask))
      } else {
        others.append(mask)
      }
    }
    (self.found, self.others) = (found, others)
  }

  /// The masks of a picture by their numbers, which need not be without gaps.
  /// - Parameter picture: its path below its folder, without the ending.
  package func masks(of picture: FilePath) -> [FilePath] {
    (found[picture] ?? []).sorted { $0.number < $1.number }.map(\.path)
  }

  /// The path that a picture's first mask would have.
  package func example(for picture: FilePath) -> FilePath { path.pushing(pattern.file(of: picture, number: 0)) }

  /// A sentence about files that belong to none of these pictures; nil if there are none.
  func unused(by pictures: some Sequence<FilePath>) -> String? {
    let known = Set(pictures)
    let lonely = others + found.filter { !known.contains($0.key) }.values.flatMap { $0.map(\.path) }
    guard let first = lonely.sortedByBytes().first else { return nil }
    return "\(path): \(counted(lonely.count, "file")) \(lonely.count == 1 ? "belongs" : "belong") to no picture, such "
      + "as \(first.shownName)"
  }
}

extension Catalogue {
  /// Finds the masks of the pictures of a side.
  mutating func findMasks(of pictures: [Entry], in folder: FilePath, _ request: DataRequest) throws {
    guard request.hasMasks else { return }
    guard let pattern = MaskPattern(request.options.masks) else {
      throw GanError(.bug, "data.masks was not checked")
    }
    let place = pattern.folder(of: folder)
    guard place.isFolder else {
      throw GanError.input(
        "there is no folder of masks for the pictures in \(folder)", at: place,
        help:
          "a picture \(folder)/x.png needs masks \(place)/\(pattern.file(of: "x", number: 0)), ...; data.masks names "
          + "them otherwise")
    }
    let masks = try MaskFolder(place, pattern), most = request.options.maskLimit
    let names = pictures.flatMap(\.paths).map { ($0, $0.relative(to: folder).withoutEnding) }
    var cut = 0
    for (path, name) in names {
      let all = masks.masks(of: name)
      if all.count > most { cut += 1 }
      self.masks[path] = Array(all.prefix(most))
      firstMasks[path] = masks.example(for: name)
    }
    if cut > 0 {
      skipped.append(
        "\(place): \(cut == 1 ? "1 picture has" : "\(cut) pictures have") more than \(most) masks, of which the first "
          + "\(most) are read (data.max_masks)")
    }
    if request.options.most == nil, let text = masks.unused(by: names.map(\.1)) { skipped.append(text) }
  }
}
