import Foundation
import GanBase
import GanData
import GanTestSupport
import Testing

@Suite struct DataCheckTests {
  @Test func allBadFilesAreCountedAndTenNamed() throws {
    try withTemporaryFolder { root in
      for index in 0..<5 { try store(flat(1), "\(root)/good\(index).png") }
      try DataSet(.small(.single, root)).checkAll()
      for index in 10..<23 { try Data("junk".utf8).write(to: URL(fileURLWithPath: "\(root)/bad\(index).png")) }
      expectError(.input, "bad10.png", "bad19.png", "and 3 more") { try DataSet(.small(.single, root)).checkAll() }
      do { try DataSet(.small(.single, root)).checkAll() } catch let error as GanError {
        #expect(error.diagnostics.count == 11)
        #expect(!error.description.contains("bad20.png") && !error.description.contains("good"))
      }
    }
  }

  @Test func picturesTooSmallForTheCrop() throws {
    try withTemporaryFolder { root in
      try store(flat(1, width: 20, height: 20), root + "/trainA/large.png")
      try store(flat(1, width: 20, height: 7), root + "/trainB/small.png")
      var request = DataRequest.small(.unaligned, root)
      try DataSet(request).checkAll()
      request.options.preprocess = .crop
      expectError(.input, "small.png", "20x7", "8x8") { try DataSet(request).checkAll() }
      expectError(.input, "small.png", "20x7") { _ = try DataSet(request).item(0) }
      request.options.preprocess = .resizeAndCrop
      request.options.centreCrop = 9
      expectError(.input, "small.png", "central crop of 9x9") { try DataSet(request).checkAll() }
    }
  }

  @Test func picturesOfOneBatchMustAgree() throws {
    try withTemporaryFolder { root in
      try store(flat(1, width: 20, height: 20), root + "/a.png")
      try store(flat(1, width: 20, height: 24), root + "/b.png")
      var request = DataRequest.small(.single, root)
      request.options.preprocess = .none
      try DataSet(request).checkAll()
      request.options.batchSize = 2
      let data = try DataSet(request)
      expectError(.input, "b.png", "20x24", "20x20", "batch_size 1") { try data.checkAll() }
      expectError(.input, "20x24", "20x20") { _ = try data.batch(at: DataPosition()) }
    }
  }

  @Test func pairsMustAgree() throws {
    try withTemporaryFolder { root in
      try store(flat(1, width: 20, height: 20), root + "/trainA/x.png")
      try store(flat(1, width: 24, height: 20), root + "/trainB/x.png")
      var request = DataRequest.small(.aligned, root)
      request.options.preprocess = .none
      expectError(.input, "trainB/x.png", "20x20", "24x20") { try DataSet(request).checkAll() }
      expectError(.input, "trainB/x.png", "20x20", "24x20") { _ = try DataSet(request).item(0) }
      try store(flat(1, width: 1, height: 9), root + "/train/thin.png")
      expectError(.input, "thin.png", "one pixel wide") { try DataSet(request).checkAll() }
      expectError(.input, "thin.png", "one pixel wide") { _ = try DataSet(request).item(0) }
    }
  }

  @Test func sizesBeyondTheLimits() throws {
    try withTemporaryFolder { root in
      try store(flat(1, width: 2, height: 9000), root + "/tall.png")
      var request = DataRequest.small(.single, root, load: 64, crop: 64)
      request.options.preprocess = .scaleWidth
      expectError(.input, "tall.png", "64x288000") { try DataSet(request).checkAll() }
      expectError(.input, "tall.png", "64x288000") { _ = try DataSet(request).item(0) }
    }
  }

  @Test func whatIsEnlargedOrPaddedIsTold() throws {
    try withTemporaryFolder { root in
      try store(flat(1, width: 8, height: 8), root + "/trainA/x.png")
      try store(flat(1, width: 10, height: 10), root + "/trainA/y.png")
      for name in ["x", "y"] { try store(flat(1, width: 16, height: 16), "\(root)/trainB/\(name).png") }
      let unaligned = try DataSet(.small(.unaligned, root, load: 14, crop: 12))
      #expect(try unaligned.checkAll().notices == ["2 pictures are enlarged: the smallest from 8x8 to 14x14"])
      // As much as the papers do for random crops is nothing new.
      #expect(try DataSet(.small(.unaligned, root, load: 10, crop: 8)).checkAll().notices.isEmpty)
      for side in ["A", "B"] { try store(flat(1, width: 8, height: 20), "\(root)/thin\(side)/x.png") }
      var request = DataRequest.small(.aligned, root, load: 12, crop: 12)
      (request.options.phase, request.options.preprocess) = ("thin", .crop)
      #expect(
        try DataSet(request).checkAll().notices
          == ["1 picture is smaller than the crop on one side, and filled up with black"])
    }
  }

  @Test(arguments: [(36, true), (44, true), (35, false), (45, false), (27, false)])
  func pairsSideBySideAreTwiceAsWide(width: Int, arePairs: Bool) throws {
    try withTemporaryFolder { root in
      try store(flat(1, width: 40, height: 20), root + "/train/a.png")
      try store(flat(1, width: width, height: 20), root + "/train/b.png")
      var request = DataRequest.small(.aligned, root)
      if arePairs {
        try DataSet(request).checkAll()
        return
      }
      expectError(.input, "1 of 2 pictures is not about twice as wide", "b.png \(width)x20") {
        try DataSet(request).checkAll()
      }
      request.options.pairs = .sideBySide
      try DataSet(request).checkAll()
    }
  }

  @Test func sizesThatNetworksRefuseAreNamedTogether() throws {
    try withTemporaryFolder { root in
      for index in 10..<25 { try store(flat(1, width: 20, height: 20 + index % 2 * 4), "\(root)/\(index).png") }
      var request = DataRequest.small(.single, root)
      request.options.preprocess = .none
      let needs = NetworkNeeds(description: "multiples of 8", fits: { $0 % 8 == 0 }, help: { "for \($0): scale" })
      let data = try DataSet(request)
      expectError(.input, "10.png: comes out as 20x20; the networks need multiples of 8", "and 5 more of 15 pictures") {
        try data.checkAll(needs)
      }
      do { try data.checkAll(needs) } catch let error as GanError {
        #expect(error.diagnostics.compactMap(\.help) == ["for 20: scale"])
      }
      try data.checkAll(NetworkNeeds(description: "multiples of 4", fits: { $0 % 4 == 0 }, help: { _ in "" }))
    }
  }
}
