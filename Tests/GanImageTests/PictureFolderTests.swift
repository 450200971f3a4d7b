import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

@Suite struct PictureFolderTests {
  private func touch(_ paths: [String], in folder: String) throws {
    for path in paths {
      let full = folder + "/" + path
      try AtomicFile.makeFolder((full as NSString).deletingLastPathComponent)
      #expect(FileManager.default.createFile(atPath: full, contents: Data()))
    }
  }

  @Test func sortedByBytesWithSubfolders() throws {
    try withTemporaryFolder { folder in
      try touch(["b.png", "a.jpg", "B.PNG", "é.png", ".hidden.png", "c.txt", "sub/x.JPEG", ".git/y.png"], in: folder)
      let all = try PictureFile.list(folder: folder, recursive: true).map { String($0.dropFirst(folder.count + 1)) }
      #expect(all == ["B.PNG", "a.jpg", "b.png", "sub/x.JPEG", "é.png"])
      let top = try PictureFile.list(folder: folder + "/", recursive: false)
      #expect(top.map { ($0 as NSString).lastPathComponent } == ["B.PNG", "a.jpg", "b.png", "é.png"])
      #expect(!top[0].contains("//") || folder.contains("//"))
      #expect(try PictureFile.subfolders(of: folder) == ["sub"])
    }
  }

  @Test func aFolderThatContainsItself() throws {
    try withTemporaryFolder { folder in
      try touch(["a.png"], in: folder)
      symlink(folder, folder + "/loop")
      #expect(try PictureFile.list(folder: folder, recursive: true) == [folder + "/a.png"])
    }
  }

  @Test func foldersThatCannotBeUsed() throws {
    try withTemporaryFolder { folder in
      expectError(.input, folder, "no pictures", "empty") { _ = try PictureFile.list(folder: folder, recursive: true) }
      try touch(["notes.txt", "sub/a.png"], in: folder)
      expectError(.input, "notes.txt", "one other file, notes.txt", "a subfolder") {
        _ = try PictureFile.list(folder: folder, recursive: false)
      }
      expectError(.input, "missing", "no such folder") {
        _ = try PictureFile.list(folder: folder + "/missing", recursive: true)
      }
      expectError(.input, "notes.txt", "is a file") {
        _ = try PictureFile.list(folder: folder + "/notes.txt", recursive: true)
      }
    }
  }
}
