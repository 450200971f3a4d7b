import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanData

@Suite struct AttributeFileTests {
  private let good = """
    3
    Black_Hair  Male Young
    a.png  1 -1  1
    b.png -1  1  1
    c.png -1 -1 -1

    """

  private func write(_ text: String, _ folder: String) throws -> String {
    try text.write(toFile: folder + "/list.txt", atomically: true, encoding: .utf8)
    return folder + "/list.txt"
  }

  @Test func selectedAttributesComeInTheirOrder() throws {
    try withTemporaryFolder { folder in
      for text in [good, good.replacingOccurrences(of: "\n", with: "\r\n")] {
        let file = try AttributeFile(path: write(text, folder), selecting: ["Young", "Black_Hair"])
        #expect(file.pictures == ["a.png", "b.png", "c.png"])
        #expect((0..<3).map(file.values) == [[true, true], [true, false], [false, false]])
        #expect(file.byName["b.png"] == ["Young"] && file.byName["c.png"] == [])
      }
    }
  }

  /// The first indices are those of Python's `random.seed(1234)` and `random.shuffle`.
  @Test func theSplitIsThatOfTheOfficialProgram() throws {
    var random = PythonRandom(seed: 1234)
    #expect(random.shuffled(12) == [2, 3, 8, 4, 11, 6, 5, 9, 10, 0, 1, 7])
    random = PythonRandom(seed: 1234)
    let order = random.shuffled(202_599)
    #expect(Array(order.prefix(6)) == [28135, 25599, 120848, 63577, 83305, 22602])
    #expect(Array(order.suffix(3)) == [1963, 30631, 115535])
    try withTemporaryFolder { folder in
      let file = try AttributeFile(path: write(good, folder), selecting: ["Male"])
      random = PythonRandom(seed: 1234)
      let order = random.shuffled(3)
      let (training, test) = file.split(heldOut: 1)
      #expect(test == [order[0]] && training == Array(order.dropFirst()))
      #expect(file.split(heldOut: 99).training.isEmpty)
    }
  }

  @Test(arguments: [
    ("3\nBlack_Hair Male Young\na.png 1 -1\n", "list.txt:3", "expected a file name and 3 values, found 3 words"),
    ("1\nBlack_Hair Male Young\na.png 1 0 1\n", "list.txt:3", "expected 1 or -1 for each attribute, found \"0\""),
    ("2\nBlack_Hair Male Young\na.png 1 1 1\n", "list.txt:1", "tells of 2 pictures, but lists 1"),
    ("Black_Hair Male Young\na.png 1 1 1\n", "list.txt:1", "expected the number of pictures"),
    ("0\nBlack_Hair Male Young\n", "list.txt", "lists no pictures"), ("", "list.txt:1", "the number of pictures"),
    ("1\nBlack_Hair Mal Young\na.png 1 1 1\n", "list.txt:2", "did you mean Mal? there are: Black_Hair, Mal, Young"),
  ])
  func badFilesAreRefused(_ text: String, _ place: String, _ message: String) throws {
    try withTemporaryFolder { folder in
      let path = try write(text, folder)
      expectError(.input, place, message) { _ = try AttributeFile(path: path, selecting: ["Male"]) }
    }
  }

  @Test func missingFilesAreNamed() throws {
    try withTemporaryFolder { folder in
      expectError(.input, "none.txt", "no such attribute file") {
        _ = try AttributeFile(path: folder + "/none.txt", selecting: ["Male"])
      }
      var request = DataRequest.small(.attributes, folder)
      request.options.attributes = try write(good, folder)
      request.options.selectedAttributes = ["Male"]
      try store(flat(1), folder + "/a.png")
      expectError(.input, "list.txt:4", "2 of its 3 pictures are missing in", "b.png (line 4), c.png (line 5)") {
        _ = try DataSet(request)
      }
    }
  }

  @Test func aDataSetHasTheRowsOfItsPictures() throws {
    try withTemporaryFolder { folder in
      for (level, name) in ["a", "b", "c"].enumerated() { try store(flat(UInt8(level)), "\(folder)/\(name).png") }
      var request = DataRequest.small(.attributes, folder)
      request.options.attributes = try write(good, folder)
      request.options.selectedAttributes = ["Black_Hair", "Young"]
      (request.options.heldOut, request.options.batchSize) = (1, 3)
      let rows: [[Float]] = [[1, 1], [0, 1], [0, 0]]
      let training = try DataSet(request)
      #expect(training.domains == ["Black_Hair", "Young"] && training.count == 2)
      var seen: [Int] = []
      for phase in ["train", "test"] {
        request.options.phase = phase
        let batch = try DataSet(request).batch(at: DataPosition())
        #expect(batch.labels == levels(batch.a).map { rows[$0] })
        seen += levels(batch.a)
      }
      #expect(seen.sorted() == [0, 1, 2])
      let before = try DataSet(request).fingerprint
      _ = try write(good.replacingOccurrences(of: " -1", with: " 1"), folder)
      #expect(try DataSet(request).fingerprint != before)
      request.options.heldOut = 3
      request.options.phase = "train"
      expectError(.input, "leaves none to train on") { _ = try DataSet(request) }
    }
  }
}
