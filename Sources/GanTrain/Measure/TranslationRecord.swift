import Foundation
import GanBase
import GanModels
import GanStore

/// Where the pictures of a folder come from: what `translate` notes in each folder that it fills, so that `eval-fid`
/// knows which real pictures they are to be compared with.
public struct TranslationRecord: Equatable, Sendable {
  /// To what the pictures of the folder belong.
  public enum Side: Equatable, Sendable {
    /// A or B, as the model counts them: `data.direction` says which folder is its A.
    case a, b
    case domain(String)
    /// Some attributes and no others.
    case attributes

    init(_ target: TranslationTarget) {
      switch target {
      case .aToB: self = .b
      case .bToA: self = .a
      case .domain(let name): self = .domain(name)
      case .attributes: self = .attributes
      }
    }

    /// Where pictures belong that are translated back; nil where a model has no two sides.
    var opposite: Side? { self == .a ? .b : self == .b ? .a : nil }
  }

  /// Not shown by the listing of pictures, nor by `ls`.
  static let fileName = ".ganctl-translation.json"

  public let checkpoint: FilePath
  public let side: Side
  /// The files and folders that were translated.
  public let inputs: [FilePath]

  public init(checkpoint: FilePath, side: Side, inputs: [FilePath]) {
    (self.checkpoint, self.side, self.inputs) = (checkpoint, side, inputs)
  }

  /// Leaves the note in a folder of results.
  /// - Throws: `GanError` (environment) where it cannot be written.
  public func write(into folder: FilePath) throws {
    let (side, domain): (String, JSONValue) =
      switch side {
      case .a: ("A", .null)
      case .b: ("B", .null)
      case .domain(let name): ("domain", .string(name))
      case .attributes: ("attributes", .null)
      }
    let text = JSONValue.object([
      ("checkpoint", .string(checkpoint.absolute.string)), ("side", .string(side)), ("domain", domain),
      ("inputs", .array(inputs.map { .string($0.absolute.string) })),
    ])
    try AtomicFile.write(text.encoded + "\n", to: folder.appending(Self.fileName))
  }

  /// What was noted in a folder; nil where there is no note that can be read.
  public init?(in folder: FilePath) {
    let path = folder.appending(Self.fileName)
    guard let bytes = try? InputFile(path, .input).content(limit: 1 << 24),
      let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)),
      let checkpoint = json["checkpoint"]?.string
    else { return nil }
    switch (json["side"]?.string, json["domain"]?.string) {
    case ("A", _): side = .a
    case ("B", _): side = .b
    case ("domain", let name?): side = .domain(name)
    case ("attributes", _): side = .attributes
    default: return nil
    }
    self.checkpoint = FilePath(checkpoint)
    inputs = (json["inputs"]?.array ?? []).compactMap(\.string).map { FilePath($0) }
  }

  /// The subfolders with notes of their own, as those of the domains are.
  public static func subfolders(of folder: FilePath) -> [FilePath] {
    folder.names.map { folder.appending($0) }.filter { TranslationRecord(in: $0) != nil }
  }
}

extension FilePath {
  /// The path from the root, for notes that outlast the working folder.
  var absolute: FilePath {
    isAbsolute ? self : FilePath(FileManager.default.currentDirectoryPath).pushing(self).lexicallyNormalized()
  }
}
