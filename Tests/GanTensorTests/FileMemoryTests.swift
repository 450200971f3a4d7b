import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

@Suite struct FileMemoryTests {
  private let files = FileMemory()
  private let size = 24 << 20

  /// Of what is written, nothing is lost when pages are dropped again and again.
  @Test func contentsOutliveTheirPages() throws {
    try withTemporaryFolder { folder in
      try files.within(MemoryLimits.resident, files: FilePath(folder)) {
        let blocks = try (0..<4).map { _ in try #require(files.map(size)) }
        let count = size / 8
        for (number, block) in blocks.enumerated() {
          let values = UnsafeMutableBufferPointer(start: block.assumingMemoryBound(to: Int.self), count: count)
          #expect(values[0] == 0 && values[count - 1] == 0)
          for index in values.indices { values[index] = index ^ number }
        }
        usleep(20_000)
        for (number, block) in blocks.enumerated() {
          let values = UnsafeBufferPointer(start: block.assumingMemoryBound(to: Int.self), count: count)
          #expect(values.indices.allSatisfy { values[$0] == $0 ^ number })
          #expect(files.unmap(block) && !files.unmap(block))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      }
    }
  }

  @Test func onlyLargeBlocksAndOnlyMeanwhile() throws {
    try withTemporaryFolder { folder in
      let cache = MemoryCache(files: files)
      try files.within(1 << 40, files: FilePath(folder)) {
        #expect(files.takes(FileMemory.leastBlock) && !files.takes(FileMemory.leastBlock - 1))
        let block = try #require(cache.take(size))
        #expect(block.isZero && cache.liveBytes == size)
        cache.give(block)
        // Kept for the next request: new pages would have to be cleared.
        #expect(cache.liveBytes == 0 && cache.freeBytes == size)
        cache.trim()
        #expect(cache.freeBytes == 0 && !files.unmap(block.pointer))
      }
      #expect(!files.takes(1 << 30) && files.refusal(of: 1) == nil)
    }
  }

  @Test func aFolderThatTakesNoFile() throws {
    expectError(.environment, "/no/such/folder", "scratch file") {
      try files.within(1 << 30, files: "/no/such/folder") {}
    }
    // Larger than any disk.
    try withTemporaryFolder { folder in
      try files.within(1 << 40, files: FilePath(folder)) {
        #expect(files.map(1 << 52) == nil)
        let refusal = try #require(files.refusal(of: 1 << 52))
        #expect("\(refusal)".contains(folder) && "\(refusal)".contains("--scratch"))
      }
    }
  }
}
