import Foundation
import GanBase
import GanImage
import GanStore

// Tests say paths as text.

extension PictureFile {
  public static func header(of path: String, upright: Bool = true) throws -> PictureHeader {
    try header(of: FilePath(path), upright: upright)
  }
  public static func read(_ path: String, channels: Int = 3, upright: Bool = true) throws -> Picture {
    try read(FilePath(path), channels: channels, upright: upright)
  }
  public static func writePNG(_ picture: Picture, to path: String) throws { try writePNG(picture, to: FilePath(path)) }
}

extension AtomicFile {
  public static func link(_ path: String, to target: String) throws { try link(FilePath(path), to: FilePath(target)) }
  public static func makeFolder(_ path: String) throws { try makeFolder(FilePath(path)) }
  public static func write(_ data: Data, to path: String) throws { try write(data, to: FilePath(path)) }
  public static func write(_ text: String, to path: String) throws { try write(text, to: FilePath(path)) }
}

extension CheckpointFile {
  public init(path: String) throws { try self.init(path: FilePath(path)) }

  public static func write(to path: String, tensors: [TensorSource], metadata: [String: String]) throws {
    try write(to: FilePath(path), tensors: tensors, metadata: metadata)
  }
}

extension SafetensorsFile {
  public init(path: String) throws { try self.init(path: FilePath(path)) }
}

extension SafetensorsWriter {
  public static func write(to path: String, tensors: [TensorSource], metadata: [String: String] = [:]) throws {
    try write(to: FilePath(path), tensors: tensors, metadata: metadata)
  }
}
