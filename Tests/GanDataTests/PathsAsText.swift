import GanBase
import GanData
import GanImage

// Tests say paths as text.

extension AttributeFile {
  init(path: String, selecting selected: [String]) throws { try self.init(path: FilePath(path), selecting: selected) }
}

extension DataOptions {
  init(_ mode: DataMode, root: String) { self.init(mode, root: FilePath(root)) }
}

extension PictureFile {
  static func writePNG(_ picture: Picture, to path: String) throws { try writePNG(picture, to: FilePath(path)) }
}

extension AtomicFile {
  static func makeFolder(_ path: String) throws { try makeFolder(FilePath(path)) }
}
