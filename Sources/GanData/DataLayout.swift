import GanBase
import GanImage

/// The location of the pictures of each mode below `root`.
package enum DataLayout {
  /// Two folders whose pictures belong together, or do not.
  typealias Sides = (a: FilePath, b: FilePath)

  /// How the pairs of an aligned set are stored.
  enum Pairs {
    case sideBySide(FilePath)
    case byName(Sides)
  }

  /// Side A and side B of an unaligned set.
  /// - Throws: `GanError` (input) with the folders that are there instead.
  static func sides(_ request: DataRequest) throws -> Sides {
    guard let sides = foundSides(request) else { throw MissingLayout(request).error }
    return sides
  }

  /// - Throws: `GanError` (input) with the folders that are there instead.
  static func pairs(_ request: DataRequest) throws -> Pairs {
    guard let pairs = foundPairs(request) else { throw MissingLayout(request).error }
    return pairs
  }

  private static func foundSides(_ request: DataRequest) -> Sides? {
    if let given = request.givenSides { return given }
    let (root, phase) = (request.root, request.options.phase)
    return both(root.appending(phase + "A"), root.appending(phase + "B"))
  }

  private static func foundPairs(_ request: DataRequest) -> Pairs? {
    if let given = request.givenSides { return .byName(given) }
    let (root, phase) = (request.root, request.options.phase)
    let folder = root.appending(phase)
    let together = folder.isFolder ? Pairs.sideBySide(folder) : nil
    let inner = both(folder.appending("A"), folder.appending("B")).map(Pairs.byName)
    let apart =
      (both(folder.adding(suffix: "A"), folder.adding(suffix: "B"))
      ?? both(root.appending("A/\(phase)"), root.appending("B/\(phase)"))).map(
        Pairs.byName)
    switch request.options.pairs {
    case .auto: return inner ?? together ?? apart
    case .sideBySide: return together
    case .byName: return apart ?? inner
    }
  }

  private static func both(_ a: FilePath, _ b: FilePath) -> Sides? { a.isFolder && b.isFolder ? (a, b) : nil }

  /// Whether a mode finds pictures of a phase, which nobody has asked for.
  static func has(_ phase: String, _ request: DataRequest) -> Bool {
    var request = request
    request.options.phase = phase
    switch request.mode {
    case .aligned: return foundPairs(request) != nil
    case .unaligned: return foundSides(request) != nil
    case .domains, .attributes, .single: return request.root.appending(phase).isFolder
    }
  }

  /// The folder with a subfolder for each domain: that of the phase; or root itself, if no phase was requested and
  /// none exists.
  /// - Throws: `GanError` (input) if a folder that was named is missing, or if there are no domains.
  static func domains(_ request: DataRequest) throws -> (folder: FilePath, names: [FilePath.Component]) {
    let folder = try single(request)
    let names = try PictureFile.subfolders(of: folder)
    guard names.count >= 2, folder != request.root || !names.contains(where: { isPhase($0.string) }) else {
      throw MissingLayout(request).noDomains(in: folder, names.map(\.string))
    }
    for name in names {
      let inner = try PictureFile.subfolders(of: folder.appending(name))
      if let part = inner.first(where: { isPhase($0.string) }) {
        throw MissingLayout(request).phaseBelow(name, part, in: folder)
      }
    }
    return (folder, names)
  }

  /// The folder of pictures of the modes with one.
  static func single(_ request: DataRequest) throws -> FilePath {
    let folder = request.root.appending(request.options.phase)
    if folder.isFolder { return folder }
    guard request.options.phase == DataOptions.usualPhase, request.root.isFolder else {
      throw MissingLayout(request).error
    }
    return request.root
  }

  /// Whether there are folders of domains in a folder.
  package static func hasDomains(_ folder: FilePath) -> Bool {
    folder.isFolder && ((try? PictureFile.subfolders(of: folder)) ?? []).count >= 2
  }

  /// Whether a folder's name says that it is a part of a data set, and not what it shows: `train`, `testA`, `val_B`.
  package static func isPhase(_ name: String) -> Bool {
    var word = name.lowercased().filter { $0.isLetter }
    let phases: Set = [
      "train", "training", "test", "testing", "val", "valid", "validation", "eval", "dev",
    ]
    if phases.contains(word) { return true }
    guard let last = word.popLast(), "ab".contains(last) else { return false }
    return phases.contains(word)
  }
}
