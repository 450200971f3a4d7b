import Foundation
import GanBase
import GanImage

/// A JSON file in COCO's format: `images`, `annotations` and `categories` of many pictures.
struct COCOBoxes: Sendable {
  let path: FilePath
  /// By the picture's name as the file has it.
  let pictures: [String: BoxList]
  /// The names by their last component.
  let byFile: [String: [String]]

  private struct Content: Decodable {
    struct Image: Decodable {
      let id: Int
      let file_name: String
      let width: Int?
      let height: Int?
    }
    struct Annotation: Decodable {
      let image_id: Int
      let category_id: Int
      let bbox: [Double]
      let iscrowd: Int?
    }
    struct Category: Decodable {
      let id: Int
      let name: String
    }
    let images: [Image]
    let annotations: [Annotation]
    let categories: [Category]
  }

  /// - Throws: `GanError` (input) naming the entry that cannot be read, or that belongs to nothing.
  init(path: FilePath) throws {
    self.path = path
    let content = try Self.content(path)
    var names: [Int: String] = [:], lists: [String: BoxList] = [:], classes: [Int: String] = [:]
    for (index, category) in content.categories.enumerated() {
      guard classes.updateValue(category.name, forKey: category.id) == nil else {
        throw GanError.input("the id \(category.id) is used twice", at: "\(path): categories[\(index)]")
      }
    }
    for (index, image) in content.images.enumerated() {
      let place = "\(path): images[\(index)]"
      guard names.updateValue(image.file_name, forKey: image.id) == nil else {
        throw GanError.input("the id \(image.id) is used twice", at: place)
      }
      var size: PictureSize?
      if let width = image.width, let height = image.height { size = PictureSize(width: width, height: height) }
      guard lists.updateValue(BoxList(size: size, place: place), forKey: image.file_name) == nil else {
        throw GanError.input("the picture \(image.file_name) is listed twice", at: place)
      }
    }
    var problems: [Diagnostic] = []
    for (index, annotation) in content.annotations.enumerated() {
      do {
        let place = "\(path): annotations[\(index)]"
        guard let name = names[annotation.image_id] else {
          throw GanError.input("there is no picture with the id \(annotation.image_id) in images", at: place)
        }
        // A box around many objects at once.
        if annotation.iscrowd == 1 { continue }
        lists[name]?.entries.append(try Self.entry(annotation, classes, place))
      } catch let error as GanError {
        problems += error.diagnostics
      }
    }
    guard problems.isEmpty else { throw GanError(.input, Array(problems.prefix(10))) }
    pictures = lists
    byFile = Dictionary(grouping: lists.keys) { FilePath($0).shownName }
  }

  private static func entry(
    _ annotation: Content.Annotation, _ classes: [Int: String], _ place: String
  ) throws -> BoxEntry {
    guard let label = classes[annotation.category_id] else {
      let known = classes.keys.sorted().prefix(20).map { "\($0)" }.joined(separator: ", ")
      throw GanError.input(
        "there is no class with the id \(annotation.category_id) in categories", at: place,
        help: known.isEmpty ? "categories is empty" : "the ids are: \(known)\(classes.count > 20 ? ", ..." : "")")
    }
    let box = annotation.bbox
    guard box.count == 4 else {
      throw GanError.input("bbox: expected 4 numbers (left, top, width, height), found \(box.count)", at: place)
    }
    return BoxEntry(
      box: Box(left: box[0], top: box[1], right: box[0] + box[2], bottom: box[1] + box[3]), label: label, place: place)
  }

  private static func content(_ path: FilePath) throws -> Content {
    let bytes = try InputFile(path, .input, "box file").content()
    do {
      return try JSONDecoder().decode(Content.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw problem(error, path)
    }
  }

  private static func problem(_ error: DecodingError, _ path: FilePath) -> GanError {
    func place(_ keys: [any CodingKey]) -> String {
      let inner = keys.reduce("") { text, key in
        key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
      }
      return inner.isEmpty ? path.shown : "\(path): \(inner)"
    }
    let help = "COCO's format has the lists images, annotations and categories"
    switch error {
    case .keyNotFound(let key, let context):
      return .input("\(key.stringValue) is missing", at: place(context.codingPath), help: help)
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      let expected =
        type is Int.Type
        ? "a whole number"
        : type is Double.Type ? "a number" : type is String.Type ? "a text" : "a list or an object"
      return .input("expected \(expected)", at: place(context.codingPath), help: help)
    case .dataCorrupted(let context):
      let reason = context.underlyingError.map { " (\(($0 as NSError).localizedDescription))" } ?? ""
      return context.codingPath.isEmpty
        ? .input("is not JSON\(reason)", at: path)
        : .input("expected a whole number or a text of this format", at: place(context.codingPath), help: help)
    @unknown default: return .input("cannot be read as boxes", at: path, help: help)
    }
  }
}
