import Foundation
import GanBase
import GanData
import GanImage

/// Looks for an attribute list and the pictures that it lists.
struct AttributeScan {
  let root: FilePath
  let subfolders: [FilePath.Component]

  /// - Throws: `GanError` (usage) for paths that a configuration cannot hold.
  func found() throws -> FoundData? {
    let folders = [root] + subfolders.map { root.appending($0) }
    guard let pictures = folders.lazy.compactMap({ PictureCollection($0, recursive: false) }).first else { return nil }
    for folder in folders {
      let files = folder.names.map { folder.appending($0) }.filter { ["txt", "csv"].contains($0.ending) }
      for path in files.sortedByBytes() {
        if let data = try data(path, pictures) { return data }
      }
    }
    return nil
  }

  private func data(_ path: FilePath, _ pictures: PictureCollection) throws -> FoundData? {
    let available = AttributeFile.names(listedIn: path)
    let usual = DataOptions().selectedAttributes
    let selected = usual.allSatisfy(available.contains) ? usual : Array(available.prefix(5))
    guard !selected.isEmpty, let file = try? AttributeFile(path: path, selecting: selected) else { return nil }
    guard (try? file.checkPictures(in: pictures.folder)) != nil else { return nil }
    var settings = DataOptions()
    settings.root = try pictures.folder.inConfiguration()
    settings.attributes = try path.inConfiguration()
    settings.selectedAttributes = selected
    // The size of CelebA's aligned pictures, which the authors of StarGAN crop in the middle.
    let isCelebA = Set(pictures.sizes) == [PictureSize(width: 178, height: 218)]
    settings.centreCrop = .some(isCelebA ? 178 : nil)
    settings.heldOut = min(settings.heldOut, file.pictures.count / 10)
    return FoundData(
      .domains, settings, training: [pictures], validation: [], count: file.pictures.count - settings.heldOut,
      validationCount: settings.heldOut,
      description: "\(counted(file.pictures.count, "picture")) in \(pictures.folder) with attributes in \(path)")
  }
}
