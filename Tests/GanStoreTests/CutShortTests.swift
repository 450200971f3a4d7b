import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

/// Files that another program cuts or changes after they were opened: an error, never a signal.
@Suite struct CutShortTests {
  private let scratch: TemporaryFolder
  private let path: FilePath

  init() throws {
    scratch = try TemporaryFolder()
    path = scratch("c.safetensors")
    let tensor = TensorSource(name: "w", shape: [100_000], floats: [Float](repeating: 1, count: 100_000))
    try CheckpointFile.write(to: path, tensors: [tensor], metadata: [:])
  }

  @Test func aTensorThatHasGone() throws {
    let file = try CheckpointFile(path: path)
    truncate(path.string, 4096)
    let text = failure(.checkpoint) { try file.tensors[0].floats() }
    #expect(text.contains("was cut short while being read"), "\(text)")
    #expect(failure(.checkpoint) { try file.tensors[0].withBytes { $0.count } }.contains("cut short"))
    #expect(failure(.checkpoint) { try CheckpointFile(path: path) }.contains("cut short"))
  }

  @Test func aTensorThatHasChanged() throws {
    let file = try CheckpointFile(path: path)
    let handle = try #require(FileHandle(forWritingAtPath: path.string))
    try handle.seek(toOffset: UInt64(file.size - 4))
    try handle.write(contentsOf: Data([1, 2, 3, 4]))
    #expect(failure(.checkpoint) { try file.tensors[0].floats() }.contains("checksum does not match"))
  }

  /// What was renamed over an open file does not matter to its reader.
  @Test func aFileThatIsReplaced() throws {
    let file = try CheckpointFile(path: path)
    try CheckpointFile.write(to: path, tensors: [], metadata: [:])
    #expect(try file.tensors[0].floats() == [Float](repeating: 1, count: 100_000))
  }

  /// libzip asks for bytes that are no longer there.
  @Test func anArchiveThatHasGone() throws {
    let path = scratch("a.npz")
    try NumPyArchive.write(to: path, [("a", NumPyArray([Double](repeating: 1, count: 100_000), shape: [100_000]))])
    let archive = try NumPyArchive(path: path)
    truncate(path.string, 4096)
    let text = failure(.checkpoint) { try archive.array("a", ofAtMost: 100_000) }
    #expect(text.contains("was cut short while being read"), "\(text)")
  }

  @Test func wholeFilesAreCopied() throws {
    let file = try InputFile(path, .checkpoint)
    let copy = try ByteView(reading: file)
    truncate(path.string, 0)
    #expect(copy.count == file.size && copy.withUnsafeBytes { $0.reduce(0) { $0 &+ Int($1) } } > 0)
    #expect(failure(.checkpoint) { try ByteView(reading: file) }.contains("cut short"))
  }
}
