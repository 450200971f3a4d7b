import GanBase
import GanImage

// Tests say paths as text.

extension PictureFile {
  static func header(of path: String, upright: Bool = true) throws -> PictureHeader {
    try header(of: FilePath(path), upright: upright)
  }
  static func read(_ path: String, channels: Int = 3, upright: Bool = true) throws -> Picture {
    try read(FilePath(path), channels: channels, upright: upright)
  }
  static func writePNG(_ picture: Picture, to path: String) throws { try writePNG(picture, to: FilePath(path)) }
  static func list(folder: String, recursive: Bool) throws -> [String] {
    try list(folder: FilePath(folder), recursive: recursive).map(\.string)
  }
  static func subfolders(of folder: String) throws -> [String] { try subfolders(of: FilePath(folder)).map(\.string) }
}

extension AtomicFile {
  static func makeFolder(_ path: String) throws { try makeFolder(FilePath(path)) }
}
