import GanBase
import GanData
import GanImage
import GanModels

/// Looks for pairs, sides and domains in a folder and one or two levels below it.
struct FolderScan {
  let root: String
  /// Names of the folders in it.
  let subfolders: [String]

  // MARK: Side by side

  /// Pictures of twice the width, in `train` or in the folder itself.
  var sideBySide: FoundData? {
    for (parent, phase) in [(root, "train"), (parent(of: root), lastName(of: root))] {
      guard let training = PictureCollection(parent + "/" + phase, recursive: false), training.areSideBySide else {
        continue
      }
      var settings = DataSettings()
      settings.root = parent
      settings.phase = phase
      let validation = validationPhases(besides: phase).lazy.compactMap { PictureCollection(parent + "/" + $0) }.first
      return FoundData(
        .aligned, settings, training: [training], validation: [validation].compactMap { $0 }, areHalved: true,
        count: training.count, validationCount: validation?.count ?? 0,
        words: "\(training.count) pair\(training.count == 1 ? "" : "s") side by side in \(training.folder)")
    }
    return nil
  }

  // MARK: Two sides

  /// Two folders; as pairs first where the names of their files are the same, and the sizes of those.
  var sides: [FoundData] {
    guard let (a, b) = sidePaths(phase: "train") ?? twoFolders,
      let first = PictureCollection(a), let second = PictureCollection(b)
    else { return [] }
    var settings = DataSettings()
    if a == root + "/trainA", b == root + "/trainB" {
      settings.root = root
    } else {
      (settings.folderA, settings.folderB) = (a, b)
    }
    let validation = validationPhases(besides: "train").lazy.compactMap(validationSides).first
    if settings.root == nil, let validation {
      (settings.validationFolderA, settings.validationFolderB) = (validation.0.folder, validation.1.folder)
    }
    let training = [first, second], others = validation.map { [$0.0, $0.1] } ?? []
    let asSides = FoundData(
      .unaligned, settings, training: training, validation: others, count: max(first.count, second.count),
      validationCount: others.map(\.count).max() ?? 0,
      words: "\(first.count) pictures in \(first.folder) and \(second.count) in \(second.folder)")
    guard first.stems == second.stems, first.sizes == second.sizes else { return [asSides] }
    let asPairs = FoundData(
      .aligned, settings, training: training, validation: others, count: first.count,
      validationCount: others.first?.count ?? 0,
      words: "\(first.count) pairs of equal names in \(first.folder) and \(second.folder)")
    return [asPairs, asSides]
  }

  private func validationSides(_ phase: String) -> (PictureCollection, PictureCollection)? {
    guard let (a, b) = sidePaths(phase: phase), let first = PictureCollection(a), let second = PictureCollection(b)
    else { return nil }
    return (first, second)
  }

  /// `trainA` and `trainB`, however they are spelt; or `A/train` and `B/train`; or `train/A` and `train/B`.
  private func sidePaths(phase: String) -> (String, String)? {
    if let a = subfolder(phase + "a"), let b = subfolder(phase + "b") { return (root + "/" + a, root + "/" + b) }
    let withPhase = subfolders.filter { isFolder("\(root)/\($0)/\(phase)") }
    if withPhase.count == 2 { return ("\(root)/\(withPhase[0])/\(phase)", "\(root)/\(withPhase[1])/\(phase)") }
    guard let folder = subfolder(phase) else { return nil }
    let inner = withPictures(in: root + "/" + folder)
    return inner.count == 2 ? ("\(root)/\(folder)/\(inner[0])", "\(root)/\(folder)/\(inner[1])") : nil
  }

  /// Two folders of pictures, and no other.
  private var twoFolders: (String, String)? {
    let names = withPictures(in: root).filter { !DataLayout.isPhase($0) }
    return names.count == 2 ? (root + "/" + names[0], root + "/" + names[1]) : nil
  }

  // MARK: Domains

  /// A folder per domain, in `train` or in the folder itself.
  var domains: FoundData? {
    var settings = DataSettings()
    settings.root = root
    var names: [String] = []
    var folder = root
    if isFolder(root + "/train") {
      folder = root + "/train"
      names = withPictures(in: folder)
    } else if !subfolders.contains(where: DataLayout.isPhase) {
      names = withPictures(in: root)
    }
    guard names.count >= 2 else { return nil }
    let training = names.compactMap { PictureCollection(folder + "/" + $0) }
    let validation = validationPhases(besides: "train").map { root + "/" + $0 }
      .first { phase in folder != root && withPictures(in: phase) == names }
    let others = validation.map { phase in names.compactMap { PictureCollection(phase + "/" + $0) } } ?? []
    let counts = zip(names, training).map { "\($0) \($1.count)" }.joined(separator: ", ")
    return FoundData(
      .domains, settings, training: training, validation: others, count: training.reduce(0) { $0 + $1.count },
      validationCount: others.reduce(0) { $0 + $1.count },
      words: "\(names.count) kinds of pictures in \(folder) (\(counts))")
  }

  // MARK: Names

  private func validationPhases(besides phase: String) -> [String] { ["val", "test"].filter { $0 != phase } }

  private func subfolder(_ name: String) -> String? {
    subfolders.contains(name) ? name : subfolders.first { plain($0) == name }
  }

  /// `train_A`, `TrainA` and `train-a` are all `traina`.
  private func plain(_ name: String) -> String { name.lowercased().filter { !"_- .".contains($0) } }

  private func withPictures(in folder: String) -> [String] {
    ((try? PictureFile.subfolders(of: FilePath(folder))) ?? []).filter {
      (try? PictureFile.list(folder: FilePath(folder).appending($0), recursive: true)) != nil
    }.map(\.string)
  }

  private func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func lastName(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "." }

  private func isFolder(_ path: String) -> Bool { FilePath(path).isFolder }
}
