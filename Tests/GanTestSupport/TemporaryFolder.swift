import Foundation
import GanBase
import GanImage
import Testing

/// A folder that goes away with its test.
package final class TemporaryFolder {
  package let path: String

  package init() throws {
    path = NSTemporaryDirectory() + "ganctl-test-\(UUID().uuidString)"
    try AtomicFile.makeFolder(path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  package func makeFolder(_ name: String) throws -> String {
    try AtomicFile.makeFolder(file(name))
    return file(name)
  }

  /// A picture of random levels.
  @discardableResult
  package func picture(
    _ name: String, _ width: Int, _ height: Int, channels: Int = 3, seed: UInt64 = 1
  ) throws -> String {
    var random = RandomStream(seed: seed)
    let pixels = (0..<width * height * channels).map { _ in UInt8(random.below(256)) }
    return try picture(name, Picture(width: width, height: height, channels: channels, pixels: pixels))
  }

  package func picture(_ name: String, _ picture: Picture) throws -> String {
    _ = try makeFolder((name as NSString).deletingLastPathComponent)
    try PictureFile.writePNG(picture, to: file(name))
    return file(name)
  }

  /// All visible files below a folder, relative to it.
  package func names(in folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: file(folder))?.compactMap { $0 as? String } ?? []
    return names.filter { !"/\($0)".contains("/.") && (file(folder) + "/" + $0 as NSString).pathExtension != "" }
      .sorted()
  }

  package func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

  /// What a file holds. That there is none fails the test, so that two missing files are not taken for equal ones.
  package func bytes(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) -> Data {
    contents(of: file(name), sourceLocation: sourceLocation)
  }
}

/// A folder that is there while the body runs.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = try TemporaryFolder()
  defer { withExtendedLifetime(folder) {} }
  return try body(folder.path)
}

/// What a file holds. That there is none fails the test, so that two missing files are not taken for equal ones.
package func contents(of path: String, sourceLocation: SourceLocation = #_sourceLocation) -> Data {
  if let data = FileManager.default.contents(atPath: path) { return data }
  Issue.record("there is no file \(path)", sourceLocation: sourceLocation)
  return Data()
}
