import Foundation
import GanBase
import GanData
import GanTestSupport
import Testing

@Suite struct LoaderTests {
  /// Seven pictures to be cropped and mirrored at random.
  private func withPictures(_ body: (DataRequest) throws -> Void) throws {
    try withTemporaryFolder { root in
      for index in 0..<7 { try store(noise(14, 11, seed: UInt64(index)), "\(root)/trainA/\(index).png") }
      for index in 0..<5 { try store(noise(9, 13, seed: UInt64(50 + index)), "\(root)/trainB/\(index).png") }
      var request = DataRequest.small(.unaligned, root, load: 12)
      (request.options.batchSize, request.seed) = (2, 42)
      try body(request)
    }
  }

  private func take(_ count: Int, _ loader: Loader) throws -> [Batch] { try (0..<count).map { _ in try loader.next() } }

  @Test func epochsFollowOneAnother() throws {
    try withPictures { request in
      let data = try DataSet(request)
      #expect(data.batchesPerEpoch == 4)
      let batches = try take(9, Loader(data))
      #expect(batches.map(\.count) == [2, 2, 2, 1, 2, 2, 2, 1, 2])
      #expect(batches.map(\.endsEpoch) == [false, false, false, true, false, false, false, true, false])
      #expect(batches.map(\.position.epoch) == [0, 0, 0, 0, 1, 1, 1, 1, 2])
      #expect(batches[3].following == DataPosition(epoch: 1, index: 0))
      let first = batches[0..<4].flatMap(\.pathsA)
      let second = batches[4..<8].flatMap(\.pathsA)
      #expect(first.sortedByBytes() == second.sortedByBytes() && Set(first).count == 7)
      #expect(first != second && first != first.sortedByBytes())
    }
  }

  @Test func droppingTheLastBatch() throws {
    try withPictures { request in
      var request = request
      request.options.dropLast = true
      let batches = try take(4, Loader(DataSet(request)))
      #expect(batches.map(\.count) == [2, 2, 2, 2] && batches.map(\.endsEpoch) == [false, false, true, false])
      request.options.batchSize = 8
      expectError(.input, "7 items") { _ = try DataSet(request) }
    }
  }

  @Test func continuedFromAnyPlaceTheNumbersAreTheSame() throws {
    try withPictures { request in
      let data = try DataSet(request)
      let whole = try take(10, Loader(data))
      for start in 1..<9 {
        let position = whole[start - 1].following
        let loader = try Loader(DataSet(request), from: position)
        #expect(loader.position == position)
        #expect(try take(10 - start, loader) == Array(whole[start...]))
        #expect(loader.position == whole[9].following)
      }
    }
  }

  @Test(arguments: [(1, 1), (1, 4), (3, 2), (4, 8)]) func threadsDoNotChangeTheNumbers(threads: Int, ahead: Int) throws
  {
    try withPictures { request in
      let data = try DataSet(request)
      var position = DataPosition()
      var expected: [Batch] = []
      for _ in 0..<12 {
        expected.append(try data.batch(at: position))
        position = expected[expected.count - 1].following
      }
      #expect(try take(12, Loader(data, ahead: ahead, threads: threads)) == expected)
    }
  }

  @Test func seedsGiveOtherOrders() throws {
    try withPictures { request in
      var other = request
      other.seed = 43
      let first = try take(4, Loader(DataSet(request)))
      let second = try take(4, Loader(DataSet(other)))
      #expect(first != second)
    }
  }

  @Test func aDamagedPictureIsNamedInItsPlace() throws {
    try withPictures { request in
      var request = request
      request.options.serial = true
      try Data("not a picture".utf8).write(to: URL(fileURLWithPath: request.root.string + "/trainA/4.png"))
      let loader = try Loader(DataSet(request), ahead: 4, threads: 2)
      _ = try take(2, loader)
      for _ in 0..<2 { expectError(.input, "trainA/4.png", "no picture that can be read") { _ = try loader.next() } }
      #expect(loader.position == DataPosition(epoch: 0, index: 4))
      #expect(loader.waited >= 0)
    }
  }

  /// Threads would otherwise go on reading a folder that is being removed.
  @Test func loadersCanBeLeftAtAnyMoment() throws {
    try withPictures { request in
      let data = try DataSet(request)
      for count in 0..<12 { _ = try take(count % 3, Loader(data, ahead: 6, threads: 1 + count % 3)) }
    }
  }

  @Test func positionsThatDoNotExist() throws {
    try withPictures { request in
      let data = try DataSet(request)
      for position in [DataPosition(index: 7), DataPosition(index: -1), DataPosition(epoch: -1), .init(epoch: .max)] {
        expectError(.input, "7 items") { _ = try Loader(data, from: position) }
        expectError(.input, "7 items") { _ = try data.batch(at: position) }
      }
    }
  }
}
