import GanBase
import GanImage

/// An XML file in Pascal VOC's format: an `object` with `name` and `bndbox` for each object of a picture. The first pixel
/// is number 1, and the last one belongs to the box.
enum VOCBoxes {
  /// - Parameter classes: if there is a list, names must be in it.
  /// - Throws: `GanError` (input) with the line of what cannot be read.
  static func read(_ path: FilePath, classes: ClassList?) throws -> BoxList {
    let root = try XMLReader.read(path)
    func place(_ element: XMLReader.Element) -> String { "\(path):\(element.line)" }
    guard root.name == "annotation" else {
      throw GanError.input("expected <annotation>, found <\(root.name)>", at: place(root))
    }
    func child(_ name: String, of element: XMLReader.Element) throws -> XMLReader.Element {
      guard let found = element.child(name) else {
        throw GanError.input("<\(element.name)> has no <\(name)>", at: place(element))
      }
      return found
    }
    func number(_ name: String, in element: XMLReader.Element) throws -> Double {
      let found = try child(name, of: element)
      guard let value = Double(found.text), value.isFinite else {
        throw GanError.input("<\(name)>: expected a number, found \"\(found.text)\"", at: place(found))
      }
      return value
    }
    var list = BoxList(place: path.shown)
    if let size = root.child("size") {
      list.size = PictureSize(
        width: Int(clamping: try number("width", in: size)), height: Int(clamping: try number("height", in: size)))
      list.place = place(size)
    }
    for object in root.children where object.name == "object" {
      let name = try child("name", of: object), corners = try child("bndbox", of: object)
      try classes?.require(name.text, at: place(name))
      let box = Box(
        left: try number("xmin", in: corners) - 1, top: try number("ymin", in: corners) - 1,
        right: try number("xmax", in: corners), bottom: try number("ymax", in: corners))
      list.entries.append(BoxEntry(box: box, label: name.text, place: place(corners)))
    }
    return list
  }
}

extension Int {
  fileprivate init(clamping number: Double) { self = Int(exactly: number.rounded()) ?? -1 }
}
