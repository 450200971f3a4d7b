import GanBase
import GanImage

/// Where the pictures of each mode lie below `root`.
public enum DataLayout {
  /// Two folders whose pictures belong together, or do not.
  typealias Sides = (a: FilePath, b: FilePath)

  /// How the pairs of an aligned set lie.
  enum Pairs {
    case sideBySide(FilePath)
    case byName(Sides)
  }

  /// Side A and side B of an unaligned set.
  /// - Throws: `GanError` (input) with the folders that are there instead.
  static func sides(_ options: DataOptions) throws -> Sides {
    guard let sides = foundSides(options) else { throw MissingLayout(options).error }
    return sides
  }

  /// - Throws: `GanError` (input) with the folders that are there instead.
  static func pairs(_ options: DataOptions) throws -> Pairs {
    guard let pairs = foundPairs(options) else { throw MissingLayout(options).error }
    return pairs
  }

  private static func foundSides(_ options: DataOptions) -> Sides? {
    if let a = options.folderA, let b = options.folderB { return (a, b) }
    return both(options.root.appending(options.phase + "A"), options.root.appending(options.phase + "B"))
  }

  private static func foundPairs(_ options: DataOptions) -> Pairs? {
    if let a = options.folderA, let b = options.folderB { return .byName((a, b)) }
    let folder = options.root.appending(options.phase)
    let together = folder.isFolder ? Pairs.sideBySide(folder) : nil
    let inner = both(folder.appending("A"), folder.appending("B")).map(Pairs.byName)
    let apart =
      (both(folder.adding(suffix: "A"), folder.adding(suffix: "B"))
      ?? both(options.root.appending("A/\(options.phase)"), options.root.appending("B/\(options.phase)"))).map(
        Pairs.byName)
    switch options.pairs {
    case .auto: return inner ?? together ?? apart
    case .sideBySide: return together
    case .byName: return apart ?? inner
    }
  }

  private static func both(_ a: FilePath, _ b: FilePath) -> Sides? { a.isFolder && b.isFolder ? (a, b) : nil }

  /// Whether a mode finds pictures of a phase, which nobody has asked for.
  public static func has(_ phase: String, _ options: DataOptions) -> Bool {
    var options = options
    options.phase = phase
    switch options.mode {
    case .aligned: return foundPairs(options) != nil
    case .unaligned: return foundSides(options) != nil
    case .domains, .attributes, .single: return options.root.appending(phase).isFolder
    }
  }

  /// The folder with a subfolder for each domain: that of the phase; or root itself, where no phase was asked for and
  /// none is there.
  /// - Throws: `GanError` (input) where a folder that was named is missing, or where there are no domains.
  static func domains(_ options: DataOptions) throws -> (folder: FilePath, names: [FilePath.Component]) {
    let folder = try single(options)
    let names = try PictureFile.subfolders(of: folder)
    guard names.count >= 2, folder != options.root || !names.contains(where: { isPhase($0.string) }) else {
      throw MissingLayout(options).noDomains(in: folder, names.map(\.string))
    }
    for name in names {
      let inner = try PictureFile.subfolders(of: folder.appending(name))
      if let part = inner.first(where: { isPhase($0.string) }) {
        throw MissingLayout(options).phaseBelow(name, part, in: folder)
      }
    }
    return (folder, names)
  }

  /// The folder of pictures of the modes with one.
  static func single(_ options: DataOptions) throws -> FilePath {
    let folder = options.root.appending(options.phase)
    if folder.isFolder { return folder }
    guard options.phase == DataOptions.usualPhase, options.root.isFolder else { throw MissingLayout(options).error }
    return options.root
  }

  /// Whether there are folders of domains in a folder.
  public static func hasDomains(_ folder: FilePath) -> Bool {
    folder.isFolder && ((try? PictureFile.subfolders(of: folder)) ?? []).count >= 2
  }

  /// Whether a folder's name says that it is a part of a data set, and not what it shows: `train`, `testA`, `val_B`.
  public static func isPhase(_ name: String) -> Bool {
    var word = name.lowercased().filter { $0.isLetter }
    let phases: Set = [
      "train", "training", "test", "testing", "val", "valid", "validation", "eval", "dev",
    ]
    if phases.contains(word) { return true }
    guard let last = word.popLast(), "ab".contains(last) else { return false }
    return phases.contains(word)
  }
}
