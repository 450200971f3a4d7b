import Foundation
import GanBase
import GanData
import GanImage
import GanTestSupport
import Testing

@Suite struct DataSetTests {
  @Test func sideBySideHalvesShareCropAndMirror() throws {
    try withTemporaryFolder { root in
      let half = noise(30, 20, seed: 1)
      var both = Picture(width: 60, height: 20, channels: 3)
      for y in 0..<20 { for x in 0..<60 { for c in 0..<3 { both[x, y, c] = half[x % 30, y, c] } } }
      for name in ["1", "2", "3", "4"] { try store(both, "\(root)/train/\(name).png") }
      let data = try DataSet(.small(.aligned, root, load: 12, crop: 8))
      let whole = try half.resized(width: 12, height: 12)
      let crops = (0...4).flatMap { y in (0...4).map { whole.cropped(x: $0, y: y, width: 8, height: 8) } }
      let candidates = crops + crops.map { $0.flipped() }
      var seen: Set<Int> = []
      for epoch in 0..<8 {
        for index in 0..<4 {
          let batch = try data.batch(at: DataPosition(epoch: epoch, index: index))
          #expect(batch.a == batch.b)
          seen.insert(try #require(candidates.firstIndex(of: picture(batch.a))))
        }
      }
      #expect(seen.count > 15)
      #expect(seen.contains { $0 >= crops.count } && seen.contains { $0 < crops.count })
    }
  }

  /// From a given epoch on no crop is drawn; the mirror still is.
  @Test func laterEpochsAreScaledToTheCrop() throws {
    try withTemporaryFolder { root in
      let file = noise(30, 20, seed: 1)
      for side in ["A", "B"] { try store(file, "\(root)/train\(side)/x.png") }
      var request = DataRequest.small(.unaligned, root, load: 12, crop: 8)
      request.scalesToCropFrom = 3
      let data = try DataSet(request), whole = try file.resized(width: 8, height: 8)
      var mirrored: Set<Bool> = []
      for epoch in 0..<12 {
        let found = picture(try data.batch(at: DataPosition(epoch: epoch, index: 0)).a)
        let isWhole = found == whole || found == whole.flipped()
        #expect(isWhole == (epoch >= 3))
        if isWhole { mirrored.insert(found == whole) }
      }
      #expect(mirrored.count == 2)
    }
  }

  @Test func oddWidthGivesBTheMiddleColumn() throws {
    try withTemporaryFolder { root in
      let file = noise(17, 8, seed: 2)
      try store(file, root + "/train/x.png")
      let batch = try DataSet(.small(.aligned, root)).forTesting().item(0)
      #expect(picture(batch.a) == file.cropped(x: 0, y: 0, width: 8, height: 8))
      #expect(
        try picture(#require(batch.b)) == file.cropped(x: 8, y: 0, width: 9, height: 8).resized(width: 8, height: 8))
    }
  }

  @Test func pairsAreFoundByNameNotPosition() throws {
    try withTemporaryFolder { root in
      for (name, level) in [("b", 20), ("a", 10), ("sub/c", 30)] as [(String, UInt8)] {
        try store(flat(level), "\(root)/trainA/\(name).png")
        // Another extension, so that the order of the files differs from that of the names.
        try store(flat(level + 100), "\(root)/trainB/\(name)" + (name == "a" ? ".PNG" : ".jpg"))
      }
      var request = DataRequest.small(.aligned, root)
      request.options.batchSize = 3
      let batch = try DataSet(request).forTesting().batch(at: DataPosition())
      #expect(levels(batch.a) == [10, 20, 30])
      #expect(try levels(#require(batch.b)) == [110, 120, 130])
      #expect(
        names(batch.pathsA) == ["a.png", "b.png", "c.png"] && names(batch.pathsB) == ["a.PNG", "b.jpg", "c.jpg"])
      (request.options.folderA, request.options.folderB) = (root + "/trainB", root + "/trainA")
      #expect(try levels(DataSet(request).forTesting().item(2).a) == [130])
    }
  }

  @Test func namesWithoutPartnerAndTwins() throws {
    try withTemporaryFolder { root in
      for name in ["a", "b", "c"] { try store(flat(1), "\(root)/trainA/\(name).png") }
      for name in ["b", "d"] { try store(flat(1), "\(root)/trainB/\(name).png") }
      expectError(.input, "2 of 3", "a, c", "1 of 2", "trainB", "d") { _ = try DataSet(.small(.aligned, root)) }
      try store(flat(1), root + "/trainA/b.jpg")
      expectError(.input, "two pictures", "b.jpg") { _ = try DataSet(.small(.aligned, root)) }
    }
  }

  @Test func foldersThatAreMissing() throws {
    try withTemporaryFolder { root in
      expectError(.input, root, "trainA and trainB") { _ = try DataSet(.small(.aligned, root)) }
      expectError(.input, root, "has no folders trainA and trainB; it has no subfolders") {
        _ = try DataSet(.small(.unaligned, root))
      }
      expectError(.input, root, "no pictures") { _ = try DataSet(.small(.single, root)) }
      expectError(.input, root, "has no subfolders; at least two domains") { _ = try DataSet(.small(.domains, root)) }
      expectError(.input, "/nowhere: there is no such folder") { _ = try DataSet(.small(.aligned, "/nowhere")) }
    }
  }

  @Test func unalignedDrawsBAtRandomAndTakesAInTurn() throws {
    try withTemporaryFolder { root in
      for level in 0..<3 as Range<UInt8> { try store(flat(level), "\(root)/trainA/\(level).png") }
      for level in 0..<5 as Range<UInt8> { try store(flat(100 + level), "\(root)/trainB/\(level).png") }
      var request = DataRequest.small(.unaligned, root)
      let data = try DataSet(request)
      #expect(data.count == 5)
      var partners: [Int: Set<Int>] = [:]
      for epoch in 0..<40 {
        let batches = try (0..<5).map { try data.batch(at: DataPosition(epoch: epoch, index: $0)) }
        #expect(batches.map { levels($0.a)[0] }.sorted() == [0, 0, 1, 1, 2])
        for batch in batches { partners[levels(batch.a)[0], default: []].formUnion(try levels(#require(batch.b))) }
      }
      #expect(partners.values.allSatisfy { $0 == [100, 101, 102, 103, 104] })
      request.options.serial = true
      let serial = try DataSet(request)
      let row = try (0..<5).map { try serial.batch(at: DataPosition(epoch: 7, index: $0)) }
      #expect(row.map { levels($0.a)[0] } == [0, 1, 2, 0, 1])
      #expect(try row.map { try levels(#require($0.b))[0] } == [100, 101, 102, 103, 104])
      #expect(row[4].pathsA[0].ends(with: "trainA/1.png") && row[4].pathsB[0].ends(with: "trainB/4.png"))
    }
  }

  @Test func unalignedSidesAreCroppedApart() throws {
    try withTemporaryFolder { root in
      let same = noise(12, 12, seed: 4)
      for side in ["A", "B"] { try store(same, "\(root)/train\(side)/x.png") }
      let data = try DataSet(.small(.unaligned, root, load: 12, crop: 8))
      let different = try (0..<20).filter {
        let batch = try data.batch(at: DataPosition(epoch: $0))
        return batch.a != batch.b
      }
      #expect(different.count > 10)
    }
  }

  @Test func domainsAreSortedSubfolders() throws {
    try withTemporaryFolder { root in
      for (folder, level) in [("sad", 3), ("angry", 1), ("happy", 2)] as [(String, UInt8)] {
        try store(flat(level), "\(root)/train/\(folder)/1.png")
        try store(flat(level + 10), "\(root)/train/\(folder)/2.png")
      }
      var request = DataRequest.small(.domains, root)
      request.options.batchSize = 6
      let data = try DataSet(request)
      #expect(data.domains == ["angry", "happy", "sad"])
      let batch = try data.batch(at: DataPosition())
      #expect(batch.b == nil && batch.target == nil && batch.input == batch.a)
      let rows: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      #expect(batch.labels == levels(batch.a).map { rows[$0 % 10 - 1] })
      let serial = [0, 0, 1, 1, 2, 2].map { rows[$0] }
      #expect(batch.labels != serial, "shuffled")
      #expect(try data.forTesting().batch(at: DataPosition()).labels == serial)
      request.options.root = root + "/train"
      #expect(try DataSet(request).count == 6)
      request.options.most = 1
      #expect(try DataSet(request).count == 3)
    }
  }

  @Test func channelsFollowTheDirection() throws {
    try withTemporaryFolder { root in
      try store(noise(16, 8, seed: 9), root + "/test/x.png")
      var request = DataRequest.small(.aligned, root)
      (request.options.phase, request.inputChannels) = ("test", 1)
      let forward = try DataSet(request).item(0)
      #expect(forward.a.channels == 1 && forward.b?.channels == 3)
      #expect(forward.input == forward.a && forward.target == forward.b)
      request.options.direction = .bToA
      let backward = try DataSet(request).item(0)
      #expect(backward.a.channels == 3 && backward.b?.channels == 1)
      #expect(backward.input == backward.b && backward.target == backward.a)
      request.mode = .single
      #expect(try DataSet(request).item(0).a.channels == 1)
    }
  }

  @Test func fingerprintTellsAChangedSet() throws {
    try withTemporaryFolder { root in
      for name in ["a", "b"] { try store(flat(1), "\(root)/\(name).png") }
      let before = try DataSet(.small(.single, root)).fingerprint
      #expect(try DataSet(.small(.single, root)).fingerprint == before)
      try FileManager.default.moveItem(atPath: root + "/a.png", toPath: root + "/c.png")
      #expect(try DataSet(.small(.single, root)).fingerprint != before)
    }
  }
}
