import Foundation
import GanBase
import GanImage
import GanStore
import GanTranslate
import Hummingbird

/// A client's request for a translation: a JSON object.
struct TranslationCall: Sendable {
  /// The identifier of a run.
  let run: String
  /// The content of a picture file.
  private let picture: [UInt8]
  /// A picture whose style the result shall have.
  private let style: [UInt8]?
  /// A direction or a domain; nil for the model's first.
  private let target: String?
  private let attributes: [String]
  private let seed: Int
  /// The shorter side to which the picture is scaled first.
  private let size: Int?

  private static let keys = ["run", "picture", "style", "target", "attributes", "seed", "size"]
  /// Two files, as text.
  static let mostBytes = 2 * PictureLimits.uploadedBytes / 3 * 4 + (1 << 16)

  /// - Throws: `Refusal` for what is no such object.
  init(_ body: ByteBuffer) throws {
    let json: JSONValue
    do {
      json = try body.withUnsafeReadableBytes { bytes throws(JSONError) in try JSONValue(parsing: bytes) }
    } catch {
      throw Refusal.badRequest("the request is not JSON: \(error)")
    }
    guard case .object(let members) = json else { throw Refusal.badRequest("the request is not a JSON object") }
    for (key, _) in members where !Self.keys.contains(key) {
      throw Refusal.badRequest("unknown key \"\(key)\"", help: "known keys: \(Self.keys.joined(separator: ", "))")
    }
    func value<Value>(_ key: String, _ what: String, _ read: (JSONValue) -> Value?) throws -> Value? {
      guard let value = json[key], value != .null else { return nil }
      guard let result = read(value) else { throw Refusal.badRequest("\(key): expected \(what)") }
      return result
    }
    guard let run = try value("run", "a text", \.string) else { throw Refusal.badRequest("run is missing") }
    guard let picture = try value("picture", "a text", \.string) else { throw Refusal.badRequest("picture is missing") }
    self.run = run
    self.picture = try Self.bytes(picture, "picture")
    style = try value("style", "a text", \.string).map { try Self.bytes($0, "style") }
    target = try value("target", "a text", \.string)
    attributes =
      try value("attributes", "a list of texts") { list in
        list.array.flatMap { $0.contains { $0.string == nil } ? nil : $0.compactMap(\.string) }
      } ?? []
    seed = try value("seed", "a whole number from 0") { $0.integer.flatMap { $0 < 0 ? nil : $0 } } ?? 0
    size = try value("size", "a number from 1 to \(PictureLimits.side)") { value in
      value.integer.flatMap { (1...PictureLimits.side).contains($0) ? $0 : nil }
    }
  }

  /// A file's content: base64, plain or as in `data:image/png;base64,...`.
  private static func bytes(_ text: String, _ key: String) throws -> [UInt8] {
    let text = text.hasPrefix("data:") ? text.drop { $0 != "," }.dropFirst() : text[...]
    guard let data = Data(base64Encoded: String(text)) else { throw Refusal.badRequest("\(key): is not base64") }
    guard data.count <= PictureLimits.uploadedBytes else { throw Self.tooLarge }
    return Array(data)
  }

  static let tooLarge = Refusal(
    status: .contentTooLarge, message: "the picture is too large",
    help: "the limit is \(PictureLimits.uploadedBytes >> 20) MiB a file")

  /// A PNG file's content, and the name of the checkpoint that made it.
  struct Answer: Sendable {
    let png: Data
    let checkpoint: String
  }

  /// The random numbers are those of `ganctl translate drawing.png`.
  private static let name = "drawing"

  /// - Parameter isCancelled: asked often; a result that nobody waits for is not computed to its end.
  /// - Throws: `GanError` for a picture, target, style or checkpoint that cannot be used; `CancellationError`.
  func answer(_ trained: TrainedModel, isCancelled: @escaping () -> Bool) throws -> Answer {
    let picture = try PictureFile.read(bytes: picture)
    var options = TranslationOptions()
    options.target = try trained.target(target, attributes: attributes)
    options.seed = UInt64(seed)
    options.size = size.map { .shorterSide($0) }
    if let style {
      options.styles = .given([TranslationStyle(name: "style", example: try PictureFile.read(bytes: style))])
    } else if trained.isMultimodal {
      // The same style for all pictures, so that it stays while somebody draws.
      options.styles = .drawn(1)
    }
    let translator = try PictureTranslator(trained, options)
    // With scratch files it would keep others waiting for long.
    if try translator.checkMemory(for: PictureSize(width: picture.width, height: picture.height), at: nil) != nil {
      throw GanError.environment(
        "\(picture.width)x\(picture.height) pixels need more memory than there is",
        help: "choose a smaller size, or use ganctl translate, which can do with less")
    }
    let result = try Cancellation.run(when: isCancelled) { _ in try translator.translate(picture, name: Self.name) }
    guard let result else { throw CancellationError() }
    return Answer(png: try PictureFile.encodePNG(result), checkpoint: trained.checkpointName)
  }
}
