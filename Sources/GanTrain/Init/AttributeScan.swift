import Foundation
import GanBase
import GanData
import GanImage

/// Looks for a list of attributes and the pictures that it tells of.
struct AttributeScan {
  let root: String
  let subfolders: [String]

  var found: FoundData? {
    let folders = [root] + subfolders.map { root + "/" + $0 }
    guard let pictures = folders.lazy.compactMap({ PictureCollection($0, recursive: false) }).first else { return nil }
    for folder in folders {
      for name in names(in: folder).sorted() where name.hasSuffix(".txt") || name.hasSuffix(".csv") {
        if let data = data(folder + "/" + name, pictures) { return data }
      }
    }
    return nil
  }

  private func names(in folder: String) -> [String] {
    FilePath(folder).names.map(\.string)
  }

  private func data(_ path: String, _ pictures: PictureCollection) -> FoundData? {
    let available = AttributeFile.names(listedIn: FilePath(path))
    let usual = DataSettings().selectedAttributes
    let selected = usual.allSatisfy(available.contains) ? usual : Array(available.prefix(5))
    guard !selected.isEmpty, let file = try? AttributeFile(path: FilePath(path), selecting: selected) else { return nil }
    guard (try? file.checkPictures(in: FilePath(pictures.folder))) != nil else { return nil }
    var settings = DataSettings()
    settings.root = pictures.folder
    settings.attributes = path
    settings.selectedAttributes = selected
    // CelebA's aligned pictures, of which the authors of StarGAN take the middle.
    let isCelebA = Set(pictures.sizes) == [PictureSize(width: 178, height: 218)]
    settings.centreCrop = .some(isCelebA ? 178 : nil)
    settings.heldOut = min(settings.heldOut, file.pictures.count / 10)
    return FoundData(
      .domains, settings, training: [pictures], validation: [], count: file.pictures.count - settings.heldOut,
      validationCount: settings.heldOut,
      words: "\(file.pictures.count) pictures in \(pictures.folder) with attributes in \(path)")
  }
}
