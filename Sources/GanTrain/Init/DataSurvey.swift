import Foundation
import GanBase
import GanImage
import GanModels

/// The training data in a folder, recognised by the names of folders and the shapes of pictures.
struct DataSurvey {
  let root: FilePath
  /// The most likely use of the folder comes first.
  let found: [FoundData]
  /// - Parameter model: chosen by the user; any folder of pictures is data for one that learns from single pictures.
  /// - Throws: `GanError`: (input) if there is no such folder or it holds nothing that a model can learn from, (usage)
  ///   for names that a configuration cannot hold.
  init(_ root: FilePath, for model: RegisteredModel? = nil) throws {
    self.root = root
    let subfolders = try PictureFile.subfolders(of: root)
    _ = try root.inConfiguration(isNamed: true)
    let scan = FolderScan(root: root, subfolders: subfolders)
    let lists = AttributeScan(root: root, subfolders: subfolders)
    found =
      try model?.info.data == .single
      ? [scan.single()].compactMap { $0 }
      : [lists.found(), scan.sideBySide()].compactMap { $0 } + scan.sides() + [scan.domains()].compactMap { $0 }
    guard found.isEmpty else { return }
    let files = PictureCollection(root)?.count ?? 0
    throw GanError.input(
      files == 0
        ? "there are no pictures in this folder"
        : "it is not clear how to train on its \(counted(files, "picture"))", at: root,
      help: Self.layouts)
  }

  /// The data for models of a kind. Models that learn from two folders can learn from pairs too.
  func data(for kind: DataKind) -> FoundData? {
    if let data = found.first(where: { $0.kind == kind }) { return data }
    guard kind == .unaligned, var pairs = found.first(where: { $0.kind == .aligned }) else { return nil }
    pairs.settings.mode = .aligned
    return pairs
  }

  /// - Throws: `GanError` (input) if the folder holds nothing for this kind of model.
  func required(for model: RegisteredModel) throws -> FoundData {
    if let data = data(for: model.info.data) { return data }
    let others = found.map { "\($0.description): for \(Self.model(for: $0).info.title)" }
    throw GanError.input(
      "\(model.info.name) learns from \(model.info.pictures), but here there are " + others.joined(separator: "; "),
      at: root, help: found.first.map { "try: ganctl init \(Self.model(for: $0).info.name) --data \(root.shellWord)" })
  }

  /// The model that data of this kind is usually tried with first.
  static func model(for data: FoundData) -> RegisteredModel {
    let names: [DataKind: String] = [
      .aligned: "pix2pix", .unaligned: "cyclegan", .domains: "stargan", .single: "srgan",
    ]
    return names[data.kind].flatMap { Registry.model($0) } ?? Registry.models[0]
  }

  /// Ways to arrange pictures, one per line.
  static let layouts = """
    arrange the pictures in one of these ways:
        train/1.png ...                    input and target side by side in one file: pix2pix
        trainA/ and trainB/                two kinds of pictures, or pairs with equal names: cyclegan, pix2pix
        train/cat/ train/dog/ train/wolf/  a folder per kind: stargan, dritpp
        images/ and list_attr.txt          a list of attributes as CelebA has it: stargan
        train/1.png ...                    sharp pictures of any kind, to learn to enlarge: ganctl init srgan
    """
}
