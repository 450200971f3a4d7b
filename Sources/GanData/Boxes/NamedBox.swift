import GanBase
import GanImage

/// What a box file says of one object of a picture.
package struct NamedBox: Equatable, Sendable {
  /// In pixels of the picture as it is stored, and within it.
  package let box: Box
  /// The object's class.
  package let label: String
}

/// An entry of a box file that has not been held against its picture yet.
struct BoxEntry: Sendable {
  let box: Box
  let label: String
  /// The line or entry, for messages: `a.txt:3`.
  let place: String

  /// How far a box may reach beyond its picture, in pixels: programs round, and count pixels from 0 or from 1.
  private static let tolerance = 1.0

  /// The box within its picture.
  /// - Throws: `GanError` (input) for a box without an area, and for one that reaches beyond the picture.
  func checked(in size: PictureSize) throws -> NamedBox {
    for (name, side) in [("width", box.width), ("height", box.height)] where !(side > 0) {
      throw GanError.input("the box has a \(name) of \(short(side)); expected more than 0", at: place)
    }
    let (width, height) = (Double(size.width), Double(size.height))
    let isInside =
      box.left >= -Self.tolerance && box.top >= -Self.tolerance && box.right <= width + Self.tolerance
      && box.bottom <= height + Self.tolerance
    guard isInside, let cut = box.cut(width: width, height: height) else {
      throw GanError.input(
        "the box reaches from (\(short(box.left)), \(short(box.top))) to (\(short(box.right)), \(short(box.bottom))), "
          + "beyond the picture of \(size.text)",
        at: place, help: "is it the box of another picture, or of the picture in another size?")
    }
    return NamedBox(box: cut, label: label)
  }
}

/// What a file says of one picture.
struct BoxList: Sendable {
  var entries: [BoxEntry] = []
  /// The picture's size according to the file; nil if it does not tell.
  var size: PictureSize?
  /// Where the size stands, for messages.
  var place: String

  /// - Throws: `GanError` (input) for a box that cannot be, and for a picture of another size.
  func checked(for actual: PictureSize) throws -> [NamedBox] {
    if let size, size != actual {
      throw GanError.input(
        "the boxes are for a picture of \(size.text), but the picture has \(actual.text)", at: place,
        help: "scale the boxes with the picture")
    }
    return try entries.map { try $0.checked(in: actual) }
  }
}

/// A number for messages: without a fraction if it has none.
func short(_ number: Double) -> String {
  if let whole = Int(exactly: number) { return "\(whole)" }
  return number.isFinite ? "\((number * 100).rounded() / 100)" : "\(number)"
}
