import GanBase
import GanConfig

/// How the masks of a picture are named: `FOLDER_seg/NAME_*.png` means that those of `trainA/x.jpg` are
/// `trainA_seg/x_0.png`, `trainA_seg/x_1.png` and so on.
package struct MaskPattern: Equatable, Sendable {
  /// The folder of the masks, in which FOLDER stands for that of the pictures.
  private let folder: String
  /// What comes before the picture's name, between it and the number, and after the number.
  fileprivate let lead: [UInt8], between: [UInt8], end: [UInt8]

  package static let usualText = "FOLDER_seg/NAME_*.png"
  package static let usual = MaskPattern(folder: "FOLDER_seg", between: "_", end: ".png")
  private static let side = "FOLDER", name = "NAME"

  private init(folder: String, between: String, end: String) {
    (self.folder, lead, self.between, self.end) = (folder, [], Array(between.utf8), Array(end.utf8))
  }

  /// - Returns: nil if `text` is no pattern.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let file = parts.last, !file.contains(Self.side) else { return nil }
    folder = parts.dropLast().joined(separator: "/")
    let names = file.split(separator: Self.name, omittingEmptySubsequences: false)
    guard names.count == 2, !folder.contains("*"), !folder.contains(Self.name) else { return nil }
    let numbers = names[1].split(separator: "*", omittingEmptySubsequences: false)
    // Otherwise the number could not be told from a name that ends in one.
    guard numbers.count == 2, let last = numbers[0].last, !last.isNumber, !names[0].contains("*") else { return nil }
    (lead, between, end) = (Array(names[0].utf8), Array(numbers[0].utf8), Array(numbers[1].utf8))
  }

  /// What is wrong with a text that is no pattern.
  static func problem(_ text: String) -> SettingsProblem? {
    guard MaskPattern(text) == nil else { return nil }
    return SettingsProblem(
      "masks", "data.masks: \"\(text)\" does not say how masks are named",
      help: "write NAME for the picture's name and, behind it and a character, * for a number, such as \(usualText)")
  }

  /// The folder of the masks of the pictures in a folder.
  package func folder(of pictures: FilePath) -> FilePath {
    folder.isEmpty ? pictures : FilePath(folder.replacing(Self.side, with: pictures.string))
  }

  /// The path of a mask below the folder of masks.
  /// - Parameter picture: its path below its folder, without the ending.
  package func file(of picture: FilePath, number: Int) -> FilePath {
    let name = lead + picture.name.bytes + between + Array("\(number)".utf8) + end
    return picture.removingLastComponent().pushing(FilePath(bytes: name))
  }

  /// The picture and the number that a mask's path, below the folder of masks, belongs to; nil if it is named otherwise.
  func parsed(_ mask: FilePath) -> (picture: FilePath, number: Int)? {
    var rest = mask.name.bytes[...]
    func isSame(_ a: UInt8, _ b: UInt8) -> Bool { Character(.init(a)).lowercased() == Character(.init(b)).lowercased() }
    guard rest.count > end.count, zip(rest.suffix(end.count), end).allSatisfy(isSame) else { return nil }
    rest = rest.dropLast(end.count)
    let digits = rest.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    guard digits > 0 else { return nil }
    let number = Int(String(decoding: rest.suffix(digits), as: UTF8.self)) ?? .max
    rest = rest.dropLast(digits)
    guard rest.starts(with: lead), rest.dropFirst(lead.count).reversed().starts(with: between.reversed()) else {
      return nil
    }
    let name = rest.dropFirst(lead.count).dropLast(between.count)
    guard !name.isEmpty else { return nil }
    return (mask.removingLastComponent().pushing(FilePath(bytes: name)), number)
  }
}
