import GanBase
import GanData
import GanImage
import GanModels

/// Looks for pairs, sides and domains in a folder and one or two levels below it.
struct FolderScan {
  let root: FilePath
  /// Names of its subfolders.
  let subfolders: [FilePath.Component]

  // MARK: Side by side

  /// Pictures that are twice as wide as high, in `train` or in the folder itself.
  /// - Throws: `GanError` (usage) for paths that a configuration cannot hold; the other searches do the same.
  func sideBySide() throws -> FoundData? {
    for (parent, phase) in [(root, "train"), (root.parent, root.name.isEmpty ? "." : root.name)] {
      guard let training = PictureCollection(parent.pushing(phase), recursive: false), training.areSideBySide else {
        continue
      }
      var settings = DataOptions()
      settings.root = try parent.inConfiguration()
      settings.phase = try phase.inConfiguration()
      let validation = validationPhases(besides: settings.phase).lazy
        .compactMap { PictureCollection(parent.appending($0)) }.first
      return FoundData(
        .aligned, settings, training: [training], validation: [validation].compactMap { $0 }, areHalved: true,
        count: training.count, validationCount: validation?.count ?? 0,
        description: "\(counted(training.count, "pair")) side by side in \(training.folder)")
    }
    return nil
  }

  // MARK: Single pictures

  /// Any pictures in `train`, or in the folder itself if there is no `train`.
  func single() throws -> FoundData? {
    let inner = root.appending("train"), hasPhases = inner.isFolder
    guard let training = PictureCollection(hasPhases ? inner : root) else { return nil }
    var settings = DataOptions()
    settings.root = try root.inConfiguration()
    let phases = hasPhases ? validationPhases(besides: "train") : []
    let validation = phases.lazy.compactMap { PictureCollection(root.appending($0)) }.first
    return FoundData(
      .single, settings, training: [training], validation: [validation].compactMap { $0 }, count: training.count,
      validationCount: validation?.count ?? 0,
      description: "\(counted(training.count, "picture")) in \(training.folder)")
  }

  // MARK: Two sides

  /// Two folders of pictures. If file names and sizes match, they are offered as pairs first.
  func sides() throws -> [FoundData] {
    guard let (a, b) = sidePaths(phase: "train") ?? twoFolders,
      let first = PictureCollection(a), let second = PictureCollection(b)
    else { return [] }
    var settings = DataOptions()
    if a == root.appending("trainA"), b == root.appending("trainB") {
      settings.root = try root.inConfiguration()
    } else {
      (settings.folderA, settings.folderB) = (try a.inConfiguration(), try b.inConfiguration())
    }
    let validation = validationPhases(besides: "train").lazy.compactMap(validationSides).first
    if settings.root == nil, let validation {
      settings.validationFolderA = try validation.0.folder.inConfiguration()
      settings.validationFolderB = try validation.1.folder.inConfiguration()
    }
    let training = [first, second], others = validation.map { [$0.0, $0.1] } ?? []
    let asSides = FoundData(
      .unaligned, settings, training: training, validation: others, count: max(first.count, second.count),
      validationCount: others.map(\.count).max() ?? 0,
      description: "\(counted(first.count, "picture")) in \(first.folder) and \(second.count) in \(second.folder)")
    guard first.stems == second.stems, first.sizes == second.sizes else { return [asSides] }
    let asPairs = FoundData(
      .aligned, settings, training: training, validation: others, count: first.count,
      validationCount: others.first?.count ?? 0,
      description: "\(counted(first.count, "pair")) with the same names in \(first.folder) and \(second.folder)")
    return [asPairs, asSides]
  }

  private func validationSides(_ phase: String) -> (PictureCollection, PictureCollection)? {
    guard let (a, b) = sidePaths(phase: phase), let first = PictureCollection(a), let second = PictureCollection(b)
    else { return nil }
    return (first, second)
  }

  /// `trainA` and `trainB` in any spelling, or `A/train` and `B/train`, or `train/A` and `train/B`.
  private func sidePaths(phase: String) -> (FilePath, FilePath)? {
    if let a = subfolder(phase + "a"), let b = subfolder(phase + "b") { return (a, b) }
    let withPhase = subfolders.map { root.appending($0).appending(phase) }.filter(\.isFolder)
    if withPhase.count == 2 { return (withPhase[0], withPhase[1]) }
    guard let folder = subfolder(phase) else { return nil }
    let inner = withPictures(in: folder).map { folder.appending($0) }
    return inner.count == 2 ? (inner[0], inner[1]) : nil
  }

  /// The two subfolders that hold pictures; nil if there are more or fewer.
  private var twoFolders: (FilePath, FilePath)? {
    let names = withPictures(in: root).filter { !DataLayout.isPhase($0.string) }
    return names.count == 2 ? (root.appending(names[0]), root.appending(names[1])) : nil
  }

  // MARK: Domains

  /// A folder per domain, in `train` or in the folder itself.
  func domains() throws -> FoundData? {
    var settings = DataOptions()
    settings.root = try root.inConfiguration()
    var names: [FilePath.Component] = []
    var folder = root
    if root.appending("train").isFolder {
      folder = root.appending("train")
      names = withPictures(in: folder)
    } else if !subfolders.contains(where: { DataLayout.isPhase($0.string) }) {
      names = withPictures(in: root)
    }
    guard names.count >= 2 else { return nil }
    let training = names.compactMap { PictureCollection(folder.appending($0)) }
    let validation = validationPhases(besides: "train").map { root.appending($0) }
      .first { phase in folder != root && withPictures(in: phase) == names }
    let others = validation.map { phase in names.compactMap { PictureCollection(phase.appending($0)) } } ?? []
    let counts = zip(names, training).map { "\($0) \($1.count)" }.joined(separator: ", ")
    return FoundData(
      .domains, settings, training: training, validation: others, count: training.reduce(0) { $0 + $1.count },
      validationCount: others.reduce(0) { $0 + $1.count },
      description: "\(names.count) kinds of pictures in \(folder) (\(counts))")
  }

  // MARK: Names

  private func validationPhases(besides phase: String) -> [String] { ["val", "test"].filter { $0 != phase } }

  private func subfolder(_ name: String) -> FilePath? {
    (subfolders.first { $0.string == name } ?? subfolders.first { plain($0.string) == name }).map { root.appending($0) }
  }

  /// `train_A`, `TrainA` and `train-a` are all `traina`.
  private func plain(_ name: String) -> String { name.lowercased().filter { !"_- .".contains($0) } }

  private func withPictures(in folder: FilePath) -> [FilePath.Component] {
    ((try? PictureFile.subfolders(of: folder)) ?? []).filter {
      (try? PictureFile.list(folder: folder.appending($0), recursive: true)) != nil
    }
  }
}
