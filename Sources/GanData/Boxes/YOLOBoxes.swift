import GanBase
import GanImage

/// A text file in YOLO's format: a line for each object of a picture, the number of its class, then the middle of its
/// box, its width and its height, as shares of the picture's size.
enum YOLOBoxes {
  /// - Parameter classes: their names; nil if nothing tells them.
  /// - Throws: `GanError` (input) with the line that cannot be read.
  static func read(_ path: FilePath, of size: PictureSize, classes: ClassList?) throws -> BoxList {
    let text = String(decoding: try InputFile(path, .input, "box file").content(limit: 1 << 24), as: UTF8.self)
    var list = BoxList(place: path.shown)
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      list.entries.append(try entry(words.map(String.init), "\(path):\(index + 1)", size, classes))
    }
    return list
  }

  private static func entry(
    _ words: [String], _ place: String, _ size: PictureSize, _ classes: ClassList?
  ) throws -> BoxEntry {
    guard words.count == 5 else {
      throw GanError.input(
        "expected 5 numbers (class, middle x, middle y, width, height), found \(counted(words.count, "word"))",
        at: place)
    }
    guard let number = Int(words[0]), number >= 0 else {
      throw GanError.input("expected the number of a class from 0 on, found \"\(words[0])\"", at: place)
    }
    let shares = try words.dropFirst().map { word -> Double in
      guard let share = Double(word), share.isFinite else {
        throw GanError.input("expected a number, found \"\(word)\"", at: place)
      }
      guard share <= 1.5 else {
        throw GanError.input(
          "expected shares of the picture's size, from 0 to 1, found \(word)", at: place,
          help: "divide pixels by the picture's width or height")
      }
      return share
    }
    let (width, height) = (Double(size.width), Double(size.height))
    let box = Box(
      left: (shares[0] - shares[2] / 2) * width, top: (shares[1] - shares[3] / 2) * height,
      right: (shares[0] + shares[2] / 2) * width, bottom: (shares[1] + shares[3] / 2) * height)
    return BoxEntry(box: box, label: try classes?.name(of: number, at: place) ?? "class \(number)", place: place)
  }
}
