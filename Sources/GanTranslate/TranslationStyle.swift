import GanBase
import GanModels
import GanStore
import GanTensor
import GanWeights

/// Which styles (attributes) translations get, where a picture has many translations.
package enum StyleChoice: Sendable {
  /// So many, drawn at random and the same for all pictures.
  case drawn(Int)
  /// So many, drawn anew for each picture.
  case drawnForEachPicture(Int)
  /// These, each of which gives a translation.
  case given([TranslationStyle])

  /// What the results of a picture are called behind its name; nil where there is one that needs no more name.
  package var variants: [String]? {
    switch self {
    case .drawn(let count), .drawnForEachPicture(let count): (1...max(1, count)).map { String($0) }
    case .given(let styles): styles.count == 1 ? nil : styles.map(\.name)
    }
  }

  /// Whether they are drawn once for all pictures and targets.
  package var isDrawn: Bool { if case .drawn = self { true } else { false } }

  /// Files that styles were given in.
  package var files: [FilePath] {
    guard case .given(let styles) = self else { return [] }
    return styles.map { style in
      switch style.content {
      case .example(let path), .values(_, _, let path): path
      }
    }
  }

  /// Whether an encoder looks at pictures for it.
  var hasExamples: Bool {
    guard case .given(let styles) = self else { return false }
    return styles.contains { if case .example = $0.content { true } else { false } }
  }
}

/// A style that was given.
package struct TranslationStyle: Sendable {
  enum Content: Sendable {
    /// That of a picture.
    case example(FilePath)
    case values([Float], shape: [Int], file: FilePath)
  }

  /// The tensor's or the picture's name; those of one call differ.
  package let name: String
  let content: Content

  /// Ending of files that hold styles themselves.
  package static let fileEnding = "safetensors"
  /// Keys of their metadata.
  private static let modelKey = "model", targetKey = "target"
  /// More than a file of styles has.
  private static let most = 1000

  /// Styles from pictures, and from files that `write` made.
  /// - Throws: `GanError`: (checkpoint) for a file that holds no styles, or those of another model.
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
        "is \(isCheckpoint ? "a checkpoint" : "a file of \(counted(file.tensors.count, "tensor"))"), and no file of "
          + "styles",
        at: path, help: "name a file that --save-styles wrote, or a picture")
    }
    let styles = try file.tensors.map { tensor in
      let content = Content.values(try tensor.floats(), shape: tensor.shape, file: path)
      return TranslationStyle(name: tensor.name, content: content)
    }
    return styles.sorted { (Int($0.name) ?? .max, $0.name) < (Int($1.name) ?? .max, $1.name) }
  }

  /// - Throws: `GanError` (checkpoint) where the styles in the file are of another model or another direction.
  static func check(_ path: FilePath, model: String, target: TranslationTarget) throws {
    let metadata = try SafetensorsFile(path: path).metadata
    for (key, expected) in [(modelKey, model), (targetKey, target.name)] {
      guard let found = metadata[key], found != expected else { continue }
      throw GanError.checkpoint(
        "the styles are those of \(found), not of \(expected)", at: path, help: "use styles that were saved with it")
    }
  }

  /// Writes styles under their names, to be given again.
  /// - Parameter target: nil for styles that are drawn, which serve for all targets.
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
