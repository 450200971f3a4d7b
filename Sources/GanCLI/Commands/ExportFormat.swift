import GanBase
import GanTranslate

/// What `ganctl export` writes.
enum ExportFormat: String, CaseIterable {
  case safetensors, pth, onnx

  /// nil for ONNX, which holds a computation.
  var weights: WeightFormat? {
    switch self {
    case .safetensors: .safetensors
    case .pth: .pytorch
    case .onnx: nil
    }
  }

  /// Endings of such files, the usual one first.
  var endings: [String] { weights?.endings ?? ["onnx"] }

  /// What to write: what the ending of the file says, or `--format`.
  /// - Parameter file: nil for a folder.
  /// - Throws: `GanError` (usage) if the ending is of nothing that is written, or the two differ.
  init(_ arguments: ParsedArguments, of file: FilePath?) throws {
    let wanted = try arguments.choice("--format", as: ExportFormat.self)
    guard let file, !file.ending.isEmpty else {
      self = wanted ?? .safetensors
      return
    }
    let possible = wanted.map { [$0] } ?? Self.allCases
    if let format = possible.first(where: { $0.endings.contains(file.ending) }) {
      self = format
      return
    }
    let stem = file.stem ?? "weights"
    let help = "name it " + possible.flatMap(\.endings).map { "\(stem).\($0)" }.joined(separator: ", ")
    guard let wanted else { throw GanError.usage(".\(file.ending) files are not written", at: file, help: help) }
    throw GanError.usage(
      "option --format \(wanted.rawValue) does not go with a .\(file.ending) file", at: file, help: help)
  }

  /// The name of a file in a folder: the official name without the placeholder for steps, such as `gen.pt` or
  /// `gen.safetensors` for `gen_*.pt`.
  func fileName(_ export: TrainedModel.Export, _ trained: TrainedModel) -> String {
    let stem = export.file.prefix { $0 != "." }.filter { $0 != "*" }
    let name = stem.drop { "_-".contains($0) }.reversed().drop { "_-".contains($0) }.reversed()
    let ending = export.file.split(separator: ".").last.map(String.init) ?? ""
    return (name.isEmpty ? trained.info.name : String(name)) + "."
      + (endings.contains(ending) ? ending : endings[0])
  }
}
