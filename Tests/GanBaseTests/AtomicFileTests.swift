import Foundation
import GanTestSupport
import Testing

@testable import GanBase

@Suite struct AtomicFileTests {
  private let folder: TemporaryFolder
  private var path: FilePath { FilePath(folder.path) }

  init() throws { folder = try TemporaryFolder() }

  private func text(_ path: FilePath) -> String? { try? String(contentsOfFile: path.string, encoding: .utf8) }

  @Test func failedWriteKeepsTheOldFile() throws {
    let file = path.appending("file")
    try AtomicFile.write("old", to: file)
    struct Stop: Error {}
    #expect(throws: Stop.self) { try AtomicFile.write(to: file) { _ in throw Stop() } }
    #expect(text(file) == "old")
    #expect(path.names.map(\.string) == ["file"])
  }

  @Test func keepsThePermissionsOfTheFileThatItReplaces() throws {
    let file = path.appending("private")
    try AtomicFile.write("old", to: file)
    chmod(file.string, 0o600)
    try AtomicFile.write("new", to: file)
    #expect(FileStatus(file)?.mode == 0o600 && text(file) == "new")
  }

  @Test func takesTheLongestNames() throws {
    let file = path.appending(String(repeating: "n", count: 255))
    try AtomicFile.write("long", to: file)
    #expect(text(file) == "long")
  }

  @Test func replacesOnlyRegularFiles() throws {
    let target = path.appending("target")
    try AtomicFile.write("target", to: target)
    let link = path.appending("link"), pipe = path.appending("pipe"), inside = path.appending("folder")
    symlink("target", link.string)
    mkfifo(pipe.string, 0o600)
    try AtomicFile.makeFolder(inside)
    for place in [link, pipe, inside, "/dev/null"] {
      #expect(throws: GanError.self) { try AtomicFile.write("new", to: place) }
    }
    #expect(text(target) == "target")
    #expect(FileStatus(link, followingLinks: false)?.kind == .link)
    #expect(FileStatus(pipe)?.kind == .pipe && FileStatus("/dev/null")?.kind == .device)
    #expect(path.names.map(\.string) == ["folder", "link", "pipe", "target"])
  }

  @Test func linksReplaceOnlyLinks() throws {
    let link = path.appending("latest")
    try AtomicFile.link(link, to: "one")
    try AtomicFile.link(link, to: "two")
    #expect(link.linkTarget == "two")
    let file = path.appending("file")
    try AtomicFile.write("keep", to: file)
    #expect(throws: GanError.self) { try AtomicFile.link(file, to: "two") }
    #expect(text(file) == "keep")
  }

  @Test func theNextWriterRemovesWhatAKilledOneLeft() throws {
    let left = path.appending(".ganctl-0123456789abcdef.tmp"), other = path.appending(".ganctl-notes.tmp")
    let held = try TemporaryFile(beside: path.appending("held"))
    try Data().write(to: URL(fileURLWithPath: left.string))
    try Data().write(to: URL(fileURLWithPath: other.string))
    AtomicFile.removeLeftovers(in: path)
    #expect(!left.exists && other.exists && path.names.count == 2)
    held.close()
    AtomicFile.removeLeftovers(in: path)
    #expect(path.names.map(\.string) == [".ganctl-notes.tmp"])
  }

  @Test func makesFoldersAndSaysWhatIsInTheWay() throws {
    try AtomicFile.makeFolder(path.appending("a/b/c"))
    #expect(path.appending("a/b/c").isFolder)
    try AtomicFile.write("", to: path.appending("file"))
    for inTheWay in ["file", "file/below"] {
      #expect(throws: GanError.self) { try AtomicFile.makeFolder(path.appending(inTheWay)) }
    }
  }
}
