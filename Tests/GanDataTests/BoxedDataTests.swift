import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

@testable import GanData

/// Boxes as a part of a data set: where they are found, and what becomes of them on the way to the networks.
@Suite struct BoxedDataTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, _ name: String) throws {
    _ = try folder.makeFolder((name as NSString).deletingLastPathComponent)
    try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
  }

  /// Two pictures of 40x30 in A and one in B.
  private func makePictures() throws {
    for name in ["trainA/x.png", "trainA/sub/y.png", "trainB/z.png"] {
      try store(noise(40, 30, seed: 3), folder.file(name))
    }
  }

  private func request(load: Int = 32, crop: Int = 24, _ boxes: String? = nil, b: Bool = true) -> DataRequest {
    var request = DataRequest.small(.unaligned, folder.path, load: load, crop: crop)
    request.boxed = BoxedSides(a: true, b: b)
    request.options.boxes = boxes.map { folder.file($0) }
    request.options.leastBoxSide = 4
    return request
  }

  /// A rectangle of white pixels moves with its box through scaling, crop and mirror.
  @Test func boxesFollowTheirPicture() throws {
    var picture = flat(0, width: 40, height: 40)
    for y in 8..<30 { for x in 4..<22 { for c in 0..<3 { picture[x, y, c] = 255 } } }
    try store(picture, folder.file("trainA/x.png"))
    try store(picture, folder.file("trainB/x.png"))
    for side in ["A", "B"] {
      try write(
        #"{"images": [{"id": 1, "file_name": "x.png"}], "categories": [{"id": 1, "name": "square"}], "annotations": "#
          + #"[{"image_id": 1, "category_id": 1, "bbox": [4, 8, 18, 22]}]}"#, "train\(side)_boxes.json")
    }
    let data = try DataSet(request(load: 80, crop: 56))
    var seen: Set<[Double]> = []
    for epoch in 0..<20 {
      let batch = try data.batch(at: DataPosition(epoch: epoch, index: 0))
      for (pixels, boxes) in [(batch.a, batch.boxesA), (try #require(batch.b), batch.boxesB)] {
        let picture = picture_(pixels), boxes = try #require(boxes?.first)
        // Twice as large, its edges between pixels of the scaled picture, so those inside are white and others black.
        let places = (0..<56 * 56).filter { picture[$0 % 56, $0 / 56, 0] > 127 }
        let columns = places.map { $0 % 56 }, rows = places.map { $0 / 56 }
        let box = try #require(boxes.first)
        #expect(boxes.count == 1)
        #expect(Int(box.left) == columns.min() && Int(box.right) - 1 == columns.max())
        #expect(Int(box.top) == rows.min() && Int(box.bottom) - 1 == rows.max())
        seen.insert([box.left, box.top])
      }
    }
    #expect(seen.count > 10)
  }

  private func picture_(_ batch: PictureBatch) -> Picture { picture(batch) }

  /// What the crop leaves too little of is dropped.
  @Test func cutBoxesAreDropped() throws {
    var options = DataRequest.small(.unaligned, "", load: 32, crop: 16)
    options.options.leastBoxSide = 3
    let transform = Transform(options, testing: false), size = PictureSize(width: 64, height: 64)
    func places(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> [Box] {
      let box = NamedBox(box: Box(left: left, top: top, right: right, bottom: bottom), label: "")
      return transform.places(of: [box], in: size, Transform.Draw(x: 8, y: 4, mirrored: true))
    }
    // In the scaled picture from (10, 6) to (14, 12), in the crop from (2, 2) to (6, 8), mirrored from 10 to 14.
    #expect(places(20, 12, 28, 24) == [Box(left: 10, top: 2, right: 14, bottom: 8)])
    // Half of it is left of the crop: from (4, 6) to (12, 12).
    #expect(places(8, 12, 24, 24) == [Box(left: 12, top: 2, right: 16, bottom: 8)])
    // A fifth of it is in the crop; then one that is too narrow; then one beyond the crop.
    #expect(places(-16, 12, 24, 24) == [])
    #expect(places(20, 12, 25, 24) == [])
    #expect(places(50, 12, 60, 24) == [])
  }

  @Test func foldersBesideThePictures() throws {
    try makePictures()
    expectError(.input, "trainA", "no boxes of its pictures", "trainA_boxes.json") { _ = try DataSet(request()) }
    try write("0 0.5 0.5 0.5 0.5", "trainA_boxes/x.txt")
    try write("", "trainA_boxes/sub/y.txt")
    try write("car", "trainA_boxes/classes.txt")
    let onlyA = try DataSet(request(b: false))
    let report = try onlyA.checkAll()
    #expect(report.mostBoxes == 1)
    #expect(report.notices.contains { $0.contains("1 picture of 2 has no box") })
    let batch = try onlyA.forTesting().item(1)
    #expect(batch.boxesA == [[Box(left: 6, top: 6, right: 18, bottom: 18)]] && batch.boxesB == nil)
    try write("0 0.5 0.5 0.01 0.5", "trainB_boxes/z.txt")
    expectError(.input, "the only box of side B", "narrower or lower than 4 pixels") {
      try DataSet(request()).checkAll()
    }
    try write("0 0.5 0.5 0.5 0.6", "trainB_boxes/z.txt")
    try DataSet(request()).checkAll()
    try write("0 0.5 0.5 0.5 0.5", "trainA_boxes/other.txt")
    expectError(.input, "trainA_boxes/other.txt", "no picture of this name") { _ = try DataSet(request()) }
  }

  @Test func theOptionBoxes() throws {
    try makePictures()
    let images = ["x.png", "sub/y.png", "z.png"].enumerated().map { #"{"id": \#($0), "file_name": "\#($1)"}"# }
    let objects = (0..<3).map { #"{"image_id": \#($0), "category_id": 1, "bbox": [4, 3, 30, 20]}"# }
    func coco(_ numbers: Range<Int>) -> String {
      #"{"images": [\#(images[numbers].joined(separator: ","))], "categories": [{"id": 1, "name": "car"}], "#
        + #""annotations": [\#(objects[numbers].joined(separator: ","))]}"#
    }
    try write(coco(0..<3), "all.json")
    try DataSet(request("all.json")).checkAll()
    try write(coco(0..<2), "boxes/trainA.json")
    expectError(.input, "z.png", "has no box file") { try DataSet(request("boxes")).checkAll() }
    try write(coco(2..<3), "boxes/trainB.json")
    try DataSet(request("boxes")).checkAll()
    // A file for one folder must not tell of other pictures.
    try write(coco(0..<3), "boxes/trainB.json")
    expectError(.input, "images[0]", "there is no picture x.png") { _ = try DataSet(request("boxes")) }
  }

  /// All that is wrong with boxes is known before training.
  @Test func faultsAreFoundByTheCheck() throws {
    try makePictures()
    try write("0 0.5 0.5 0.5 0.5", "trainA_boxes/x.txt")
    try write("0 0.5 0.5 0.5 0.5\n0 0.9 0.5 0.5 0.5", "trainA_boxes/sub/y.txt")
    try write("0 0.5 0.5 -0.5 0.5", "trainB_boxes/z.txt")
    expectError(.input, "sub/y.txt:2", "beyond the picture", "z.txt:1", "width of -20") {
      try DataSet(request()).checkAll()
    }
    var skipping = request()
    skipping.options.onError = .skip
    try write("0 0.5 0.5 0.5 0.5", "trainB_boxes/z.txt")
    let data = try DataSet(skipping)
    #expect(try data.checkAll().unusable.count == 1)
    let batches = try (0..<2).map { try data.batch(at: DataPosition(epoch: 0, index: $0)) }
    #expect(batches.map { names($0.pathsA) } == [["x.png"], ["x.png"]])
    #expect(batches.flatMap(\.skipped).map(\.message.isEmpty) == [false])
  }
}
