import GanBase
import GanImage
import GanModels
import GanStore
import GanTensor
import GanWeights

/// The styles (attributes) of a model that can translate a picture in many ways.
package enum StyleChoice: Sendable {
  /// This many random styles, the same for all pictures.
  case drawn(Int)
  /// This many random styles, drawn again for each picture.
  case drawnForEachPicture(Int)
  /// These styles, for one translation each.
  case given([TranslationStyle])

  /// Suffixes for the names of a picture's results; nil if there is only one.
  package var variants: [String]? {
    switch self {
    case .drawn(let count), .drawnForEachPicture(let count): (1...max(1, count)).map { String($0) }
    case .given(let styles): styles.count == 1 ? nil : styles.map(\.name)
    }
  }

  /// Whether they are drawn once for all pictures and targets.
  package var isDrawn: Bool { if case .drawn = self { true } else { false } }

  /// The files that the styles come from.
  package var files: [FilePath] {
    guard case .given(let styles) = self else { return [] }
    return styles.compactMap { style in
      switch style.content {
      case .example(let path), .values(_, _, let path): path
      case .picture: nil
      }
    }
  }

  /// Whether styles are encoded from example pictures.
  var hasExamples: Bool {
    guard case .given(let styles) = self else { return false }
    return styles.contains { if case .values = $0.content { false } else { true } }
  }
}

/// A style that the user gave.
package struct TranslationStyle: Sendable {
  enum Content: Sendable {
    /// The style of an example picture.
    case example(FilePath)
    case picture(Picture)
    case values([Float], shape: [Int], file: FilePath)
  }

  /// The name of the tensor or picture, unique within a call.
  package let name: String
  let content: Content

  private init(name: String, content: Content) { (self.name, self.content) = (name, content) }

  /// The style of a picture from the target domain, as `read` makes of a file.
  package init(name: String, example: Picture) { self.init(name: name, content: .picture(example)) }

  /// Extension of style files.
  package static let fileEnding = "safetensors"
  /// Metadata keys in style files.
  private static let modelKey = "model", targetKey = "target"
  /// The largest number of styles in a file.
  private static let most = 1000

  /// Reads styles from example pictures and from files that `write` made.
  /// - Throws: `GanError` (checkpoint) for a file that holds no styles.
  package static func read(_ files: [FilePath]) throws -> [TranslationStyle] {
    let styles = try files.flatMap { file -> [TranslationStyle] in
      guard file.ending == fileEnding else {
        return [TranslationStyle(name: FilePath(file.shownName).stem ?? "style", content: .example(file))]
      }
      return try tensors(of: file)
    }
    var seen: [String: Int] = [:]
    return styles.map { style in
      seen[style.name, default: 0] += 1
      let number = seen[style.name] ?? 1
      return number == 1 ? style : TranslationStyle(name: "\(style.name)_\(number)", content: style.content)
    }
  }

  private static func tensors(of path: FilePath) throws -> [TranslationStyle] {
    let file = try SafetensorsFile(path: path)
    let isCheckpoint = file.metadata[ModelMetadata.config] != nil
    guard !isCheckpoint, (1...most).contains(file.tensors.count) else {
      throw GanError.checkpoint(
        "is \(isCheckpoint ? "a checkpoint" : "a file of \(counted(file.tensors.count, "tensor"))"), not a file of "
          + "styles",
        at: path, help: "name a file that --save-styles wrote, or a picture")
    }
    let styles = try file.tensors.map { tensor in
      let content = Content.values(try tensor.floats(), shape: tensor.shape, file: path)
      return TranslationStyle(name: tensor.name, content: content)
    }
    return styles.sorted { (Int($0.name) ?? .max, $0.name) < (Int($1.name) ?? .max, $1.name) }
  }

  /// - Throws: `GanError` (checkpoint) if the styles in the file belong to another model or direction.
  static func check(_ path: FilePath, model: String, target: TranslationTarget) throws {
    let metadata = try SafetensorsFile(path: path).metadata
    for (key, expected) in [(modelKey, model), (targetKey, target.name)] {
      guard let found = metadata[key], found != expected else { continue }
      throw GanError.checkpoint(
        "the styles belong to \(found), not to \(expected)", at: path, help: "use styles that were saved with it")
    }
  }

  /// Writes styles under their names, to be read again.
  /// - Parameter target: nil for random styles, which suit all targets.
  static func write(
    _ styles: [(name: String, values: Tensor)], to path: FilePath, model: String, target: TranslationTarget?
  ) throws {
    let tensors = styles.map { TensorSource(name: $0.name, shape: $0.values.shape.sizes, floats: $0.values.floats) }
    var metadata = [modelKey: model]
    metadata[targetKey] = target?.name
    try OutputFile.makeParent(of: path)
    try SafetensorsWriter.write(to: path, tensors: tensors, metadata: metadata)
  }
}
