import GanBase
import GanImage

// Tests say paths as text.

extension PictureFile {
  static func list(folder: String, recursive: Bool) throws -> [String] {
    try list(folder: FilePath(folder), recursive: recursive).map(\.string)
  }
  static func subfolders(of folder: String) throws -> [String] { try subfolders(of: FilePath(folder)).map(\.string) }
}
