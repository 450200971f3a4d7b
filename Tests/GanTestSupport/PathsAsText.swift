import Foundation
import GanBase
import GanImage
import GanStore

// Tests say paths as text.

extension PictureFile {
  package static func header(of path: String, upright: Bool = true) throws -> PictureHeader {
    try header(of: FilePath(path), upright: upright)
  }
  package static func read(_ path: String, channels: Int = 3, upright: Bool = true) throws -> Picture {
    try read(FilePath(path), channels: channels, upright: upright)
  }
  package static func writePNG(_ picture: Picture, to path: String) throws { try writePNG(picture, to: FilePath(path)) }
}

extension AtomicFile {
  package static func link(_ path: String, to target: String) throws { try link(FilePath(path), to: FilePath(target)) }
  package static func makeFolder(_ path: String) throws { try makeFolder(FilePath(path)) }
  package static func write(_ data: Data, to path: String) throws { try write(data, to: FilePath(path)) }
  package static func write(_ text: String, to path: String) throws { try write(text, to: FilePath(path)) }
}

extension CheckpointFile {
  package init(path: String) throws { try self.init(path: FilePath(path)) }

  package static func write(to path: String, tensors: [TensorSource], metadata: [String: String]) throws {
    try write(to: FilePath(path), tensors: tensors, metadata: metadata)
  }
}

extension SafetensorsFile {
  package init(path: String) throws { try self.init(path: FilePath(path)) }
}

extension SafetensorsWriter {
  package static func write(to path: String, tensors: [TensorSource], metadata: [String: String] = [:]) throws {
    try write(to: FilePath(path), tensors: tensors, metadata: metadata)
  }
}
