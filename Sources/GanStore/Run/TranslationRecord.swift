import Foundation
import GanBase

/// Where results of `translate` come from, and to what they belong: what `eval-fid` needs to know with which real
/// pictures they are to be compared.
package struct TranslationRecord: Equatable, Sendable {
  /// To what the results belong.
  package enum Side: Equatable, Sendable, CustomStringConvertible {
    /// A or B, as the model counts them: `data.direction` says which folder is its A.
    case a, b
    case domain(String)
    /// What the call wanted of attributes, and all results have or lack; empty if they have nothing in common.
    case attributes([String: Bool])

    /// Where pictures belong that are translated back; nil if a model has no two sides.
    package var opposite: Side? { self == .a ? .b : self == .b ? .a : nil }

    /// `side B`, `domain cat`, `Blond_Hair=1`
    package var description: String {
      switch self {
      case .a: "side A"
      case .b: "side B"
      case .domain(let name): "domain \(name)"
      case .attributes(let wanted):
        wanted.isEmpty
          ? "any attributes" : wanted.sorted { $0.key < $1.key }.map { "\($0)=\($1 ? 1 : 0)" }.joined(separator: ", ")
      }
    }
  }

  package let checkpoint: FilePath
  package let side: Side
  /// The files and folders that were translated.
  package var inputs: [FilePath]
  /// The results below the folder of the note, as they are shown; nil if all pictures there are meant.
  package var results: Set<String>?

  /// Paths may be those from the working folder; they are kept from the root.
  package init(checkpoint: FilePath, side: Side, inputs: [FilePath], results: Set<String>? = nil) {
    (self.checkpoint, self.inputs) = (checkpoint.absolute, inputs.map(\.absolute))
    (self.side, self.results) = (side, results)
  }

  /// The folder of the run, or the checkpoint if it belongs to no run.
  package var origin: FilePath {
    let run = checkpoint.parent.parent
    return RunFolder.isRun(run) ? run : checkpoint
  }

  /// Whether results of both are compared with the same real pictures.
  package func belongsTogether(with other: TranslationRecord) -> Bool { side == other.side && origin == other.origin }

  // MARK: JSON

  package var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [("checkpoint", .string(checkpoint.string))]
    switch side {
    case .a: members.append(("side", "A"))
    case .b: members.append(("side", "B"))
    case .domain(let name): members += [("side", "domain"), ("domain", .string(name))]
    case .attributes(let wanted):
      let values = wanted.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.integer($0.value ? 1 : 0)) }
      members += [("side", "attributes"), ("attributes", .object(values))]
    }
    members.append(("inputs", .array(inputs.map { .string($0.string) })))
    if let results { members.append(("results", .array(results.sorted().map { .string($0) }))) }
    return .object(members)
  }

  package init?(_ json: JSONValue) {
    guard let checkpoint = json["checkpoint"]?.string else { return nil }
    switch json["side"]?.string {
    case "A": side = .a
    case "B": side = .b
    case "domain":
      guard let name = json["domain"]?.string else { return nil }
      side = .domain(name)
    case "attributes":
      guard case .object(let wanted)? = json["attributes"] else { return nil }
      side = .attributes(Dictionary(wanted.map { ($0.key, $0.value.integer == 1) }, uniquingKeysWith: { $1 }))
    default: return nil
    }
    self.checkpoint = FilePath(checkpoint)
    inputs = (json["inputs"]?.array ?? []).compactMap(\.string).map { FilePath($0) }
    results = json["results"]?.array.map { Set($0.compactMap(\.string)) }
  }
}

extension FilePath {
  /// The path from the root, for notes that outlast the working folder.
  package var absolute: FilePath {
    isAbsolute ? self : FilePath(FileManager.default.currentDirectoryPath).pushing(self).lexicallyNormalized()
  }
}
