import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

extension TemporaryFolder {
  func callAsFunction(_ name: String) -> FilePath { FilePath(file(name)) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return self(name)
  }
}

func read(_ path: FilePath) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string))) }

func resource(_ name: String) throws -> FilePath {
  FilePath(try #require(Bundle.module.path(forResource: "Resources/" + name, ofType: nil)))
}

/// Runs `body`, expects it to throw a `GanError` with this code, and returns its text.
@discardableResult
func failure<Result>(
  _ code: ExitCode, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) -> String {
  do {
    _ = try body()
    Issue.record("expected an error", sourceLocation: sourceLocation)
  } catch let error as GanError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    return error.description
  } catch {
    Issue.record("expected a GanError, found \(error)", sourceLocation: sourceLocation)
  }
  return ""
}

/// True where reading succeeds; anything but a checkpoint error is a failed test.
func reads(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation, _ body: (ByteView) throws -> Void)
  -> Bool
{
  do {
    try body(ByteView(copying: bytes))
    return true
  } catch let error as GanError {
    #expect(error.code == .checkpoint, "\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("expected a GanError, found \(error)", sourceLocation: sourceLocation)
  }
  return false
}

/// A safetensors file with this JSON and these data.
func safetensors(_ json: String, _ data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Array($0) } + Array(json.utf8) + data
}

/// One tensor `a` of two floats.
let smallJSON = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#

/// The names in a folder.
func names(_ folder: FilePath) -> [String] { folder.names.map(\.string) }

extension StoredTensor {
  var content: [UInt8] { get throws { try withBytes { Array($0) } } }
}

extension PyTorchFile {
  /// A file of these bytes.
  init(_ bytes: ByteView, path: FilePath) throws {
    let scratch = try TemporaryFolder()
    try self.init(path: try scratch.write(path.shownName, bytes.withUnsafeBytes { Array($0) }))
  }
}

extension SafetensorsFile {
  /// A file of these bytes.
  init(_ bytes: ByteView, path: FilePath) throws {
    let scratch = try TemporaryFolder()
    try self.init(path: try scratch.write(path.shownName, bytes.withUnsafeBytes { Array($0) }))
  }
}
