import Foundation
import GanBase

// Tests say paths as text.

extension AtomicFile {
  static func makeFolder(_ path: String) throws { try makeFolder(FilePath(path)) }
  static func write(_ data: Data, to path: String) throws { try write(data, to: FilePath(path)) }
  static func write(_ text: String, to path: String) throws { try write(text, to: FilePath(path)) }
}
