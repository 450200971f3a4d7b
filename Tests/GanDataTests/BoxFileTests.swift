import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

@testable import GanData

/// Files that say where objects are.
@Suite struct BoxFileTests {
  private let folder: TemporaryFolder
  private let size = PictureSize(width: 40, height: 20)

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, _ name: String) throws {
    _ = try folder.makeFolder((name as NSString).deletingLastPathComponent)
    try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
  }

  /// The boxes of the picture `p/NAME` of 40x20 pixels, as a file or folder has them.
  private func boxes(_ source: String, of picture: String = "x.png") throws -> [NamedBox] {
    let files = try BoxFiles(FilePath(folder.file(source)))
    return try files.boxes(of: FilePath(folder.file("p/" + picture)), in: FilePath(folder.file("p")), size)
  }

  private func coco(
    _ annotations: String, images: String = #"{"id": 7, "file_name": "x.png", "width": 40, "height": 20}"#
  ) throws {
    let text = """
      {"images": [\(images)], "categories": [{"id": 3, "name": "car"}, {"id": 5, "name": "dog"}],
       "annotations": [\(annotations)], "info": {"year": 2020}}
      """
    try write(text, "b.json")
  }

  private let expected = [
    NamedBox(box: Box(left: 4, top: 2, right: 14, bottom: 12), label: "car"),
    NamedBox(box: Box(left: 0, top: 0, right: 40, bottom: 20), label: "dog"),
  ]

  // MARK: Formats

  @Test func readsCOCO() throws {
    try coco(
      """
      {"id": 1, "image_id": 7, "category_id": 3, "bbox": [4, 2, 10.0, 10], "area": 100, "iscrowd": 0},
      {"id": 2, "image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9], "iscrowd": 1},
      {"id": 3, "image_id": 7, "category_id": 5, "bbox": [-0.5, 0, 41, 20.5]}
      """, images: #"{"id": 7, "file_name": "some/folder/x.png"}, {"id": 8, "file_name": "y.png"}"#)
    // A crowd is no single object, and what reaches half a pixel beyond the picture is cut.
    #expect(try boxes("b.json") == expected)
    #expect(try boxes("b.json", of: "y.png") == [])
  }

  @Test func readsYOLO() throws {
    try write("0 0.225 0.35 0.25 0.5\n\n1 0.5 0.5 1 1 \r\n", "labels/train/x.txt")
    try write("", "labels/train/y.txt")
    #expect(try boxes("labels/train").map(\.label) == ["class 0", "class 1"])
    try write("car\ndog\n", "labels/classes.txt")
    let found = try boxes("labels/train")
    #expect(found.map(\.label) == ["car", "dog"])
    for (box, other) in zip(found, expected) {
      expectClose(
        [box.box.left, box.box.top, box.box.right, box.box.bottom],
        [other.box.left, other.box.top, other.box.right, other.box.bottom], absolute: 1e-12)
    }
    #expect(try boxes("labels/train", of: "y.png") == [])
  }

  @Test(arguments: [
    "names: [car, dog]", "nc: 2\nnames:\n  1: dog\n  0: car\n", "train: images\nnames:\n- car\n- 'dog'\n",
  ]) func readsClassesOfYAML(_ text: String) throws {
    try write("1 0.5 0.5 1 1\n", "boxes/x.txt")
    try write(text, "data.yaml")
    #expect(try boxes("boxes").map(\.label) == ["dog"])
  }

  private func voc(_ objects: String, width: Int = 40) throws {
    let text = """
      <?xml version="1.0"?>
      <!-- made by hand -->
      <annotation verified="yes">
        <filename>x.png</filename>
        <size><width>\(width)</width><height>20</height><depth>3</depth></size>
      \(objects)
      </annotation>
      """
    try write(text, "boxes/x.xml")
  }

  @Test func readsVOC() throws {
    try voc(
      """
      <object><name> car </name><difficult/><bndbox><xmin>5</xmin><ymin>3</ymin><xmax>14</xmax><ymax>12</ymax></bndbox>
      </object>
      <object><bndbox><ymax>20</ymax><xmin>1</xmin><ymin>1</ymin><xmax>40.0</xmax></bndbox><name>d&#111;g</name></object>
      """)
    #expect(try boxes("boxes") == expected)
  }

  // MARK: Faults

  @Test(
    arguments: [
      (#"{"image_id": 8, "category_id": 3, "bbox": [0, 0, 5, 5]}"#, ["annotations[0]", "no picture with the id 8"]),
      (
        #"{"image_id": 7, "category_id": 3, "bbox": [0, 0, 5, 5]}, {"image_id": 7, "category_id": 4, "bbox": [0, 0, 5, 5]}"#,
        ["annotations[1]", "no class with the id 4", "3, 5"]
      ),
      (#"{"image_id": 7, "category_id": 3, "bbox": [0, 0, 5]}"#, ["annotations[0]", "expected 4 numbers", "found 3"]),
      (#"{"image_id": 7, "category_id": 3, "bbox": [3, 0, -5, 5]}"#, ["annotations[0]", "width of -5"]),
      (
        #"{"image_id": 7, "category_id": 3, "bbox": [30, 0, 20, 5]}"#,
        ["annotations[0]", "(50, 5)", "picture of 40x20"]
      ),
      (#"{"image_id": 7, "category_id": 3, "bbox": "no"}"#, ["annotations[0].bbox", "expected"]),
      (#"{"image_id": 7, "bbox": [0, 0, 5, 5]}"#, ["annotations[0]", "category_id is missing"]),
      (#"{"image_id": 7"#, ["is not JSON"]),
    ] as [(String, [String])]) func faultsOfCOCO(_ annotations: String, _ parts: [String]) throws
  {
    try coco(annotations)
    let error = #expect(throws: GanError.self) { try boxes("b.json") }
    #expect(error?.code == .input)
    for part in parts + ["b.json"] {
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }

  @Test func picturesOfCOCO() throws {
    let two = #"{"id": 7, "file_name": "x.png"}, {"id": 7, "file_name": "y.png"}"#
    try coco("", images: two)
    expectError(.input, "images[1]", "id 7 is used twice") { _ = try boxes("b.json") }
    try coco("", images: two.replacingOccurrences(of: "7, \"file_name\": \"y", with: "8, \"file_name\": \"x"))
    expectError(.input, "images[1]", "x.png is listed twice") { _ = try boxes("b.json") }
    try coco("", images: #"{"id": 7, "file_name": "x.png", "width": 80, "height": 40}"#)
    expectError(.input, "images[0]", "80x40", "40x20") { _ = try boxes("b.json") }
    expectError(.input, "p/z.png", "is not in the list") { _ = try boxes("b.json", of: "z.png") }
  }

  @Test(
    arguments: [
      ("0 0.5 0.5 1\n", ["x.txt:1", "expected 5 numbers", "found 4 words"]),
      ("0 0.5 0.5 1 1\ncar 0.5 0.5 1 1", ["x.txt:2", "number of a class", "\"car\""]),
      ("0 0.5 0.5 1 1\n\n0 0.5 x 1 1", ["x.txt:3", "expected a number", "\"x\""]),
      ("0 20 10 10 10", ["x.txt:1", "shares", "found 20"]), ("0 0.5 0.5 0 1", ["x.txt:1", "width of 0"]),
      ("0 0.9 0.5 0.5 0.5", ["x.txt:1", "beyond the picture"]), ("0 nan 0.5 1 1", ["x.txt:1", "nan"]),
      ("2 0.5 0.5 1 1", ["x.txt:1", "no class 2", "classes.txt names 2"]),
    ] as [(String, [String])]) func faultsOfYOLO(_ text: String, _ parts: [String]) throws
  {
    try write(text, "boxes/x.txt")
    try write("car\ndog", "boxes/classes.txt")
    let error = #expect(throws: GanError.self) { try boxes("boxes") }
    #expect(error?.code == .input)
    for part in parts { #expect(error?.description.contains(part) == true, "\(String(describing: error))") }
  }

  @Test(
    arguments: [
      ("<object><name>car</name></object>", ["x.xml:6", "<object> has no <bndbox>"]),
      (
        "<object><name>car</name><bndbox><xmin>1</xmin><ymin>1</ymin>\n<xmax>a</xmax><ymax>9</ymax></bndbox></object>",
        ["x.xml:7", "<xmax>: expected a number, found \"a\""]
      ),
      (
        "<object><name>care</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>9</ymax></bndbox></object>",
        ["x.xml:6", "no class \"care\"", "did you mean car?"]
      ),
      (
        "\n<object><name>car</name><bndbox><xmin>9</xmin><ymin>1</ymin><xmax>5</xmax><ymax>9</ymax></bndbox></object>",
        ["x.xml:7", "width of -3"]
      ),
      ("<object><name>car</object>", ["x.xml:6", "expected </name>", "found </object>"]),
      ("<object>", ["x.xml:7", "not XML"]), ("<object a='>'>&nope;</object>", ["x.xml:6", "unknown character &nope;"]),
      ("<!DOCTYPE x []>", ["x.xml:6", "document types"]),
    ] as [(String, [String])]) func faultsOfVOC(_ objects: String, _ parts: [String]) throws
  {
    try voc(objects)
    try write("car\ndog", "classes.txt")
    let error = #expect(throws: GanError.self) { try boxes("boxes") }
    #expect(error?.code == .input)
    for part in parts { #expect(error?.description.contains(part) == true, "\(String(describing: error))") }
  }

  @Test func sizesOfVOC() throws {
    try voc("", width: 60)
    expectError(.input, "x.xml:5", "60x20", "40x20") { _ = try boxes("boxes") }
  }

  @Test func missingAndDoubleFiles() throws {
    try write("0 0.5 0.5 1 1", "boxes/x.txt")
    try voc("")
    expectError(.input, "two box files") { _ = try boxes("boxes") }
    expectError(.input, "p/y.png", "has no box file", "y.txt", "an empty .txt file") {
      _ = try boxes("boxes", of: "y.png")
    }
    expectError(.input, "no such file or folder of boxes") { _ = try boxes("nowhere") }
    expectError(.input, "expected a folder of box files") { _ = try boxes("boxes/x.txt") }
  }
}
