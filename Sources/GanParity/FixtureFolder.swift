import GanBase
import GanStore
import GanTensor

/// A folder with the numbers of an official program: `spec.json`, `weights`, `inputs` and `expected.safetensors`.
package enum FixtureFolder {
  /// - Throws: `GanError` (checkpoint) naming the file that is missing or damaged.
  package static func read(_ path: FilePath) throws -> (model: VerifiableModel, fixture: ParityFixture) {
    let spec = try readSpec(path.appending("spec.json"))
    let name = try spec.text("model")
    guard let model = VerifiableModel.named(name) else {
      throw GanError.checkpoint(
        "no model is called \"\(name)\"", at: spec.path,
        help: "there is: \(VerifiableModel.all.map(\.info.name).joined(separator: ", "))")
    }
    func tensors(_ file: String) throws -> [String: Tensor] {
      let stored = try SafetensorsFile(path: path.appending(file + ".safetensors")).tensors
      return Dictionary(uniqueKeysWithValues: try stored.map { ($0.name, try $0.tensor()) })
    }
    let names = ["weights", "inputs", "expected"]
    let further = try path.listed().filter { $0.extension == "safetensors" }.map(\.stem).filter { !names.contains($0) }
    let fixture = ParityFixture(
      path: path.shown, spec: spec, weights: try tensors(names[0]), inputs: try tensors(names[1]),
      expected: try tensors(names[2]),
      further: Dictionary(uniqueKeysWithValues: try further.map { ($0, try tensors($0)) }))
    return (model, fixture)
  }

  private static func readSpec(_ path: FilePath) throws -> Spec {
    let data = try InputFile(path, .checkpoint, "fixture").content(limit: 1 << 24)
    guard case .object(let members)? = try? JSONValue(parsing: String(decoding: data, as: UTF8.self)) else {
      throw GanError.checkpoint("not a JSON object", at: path)
    }
    return Spec(plain(members), path: path.shown)
  }

  private static func plain(_ members: [(key: String, value: JSONValue)]) -> [String: Any] {
    Dictionary(members.map { ($0.key, plain($0.value)) }, uniquingKeysWith: { $1 })
  }

  private static func plain(_ value: JSONValue) -> Any {
    switch value {
    case .null: return ()
    case .bool(let flag): return flag
    case .integer(let number): return number
    case .number(let number): return number
    case .string(let text): return text
    case .array(let values): return values.map(plain)
    case .object(let members): return plain(members)
    }
  }
}
