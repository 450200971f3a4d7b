import Foundation
import GanData
import GanModels
import GanTrain

extension MisuseHints {
  /// Hints for `train`: configuration options given with two dashes, by our names or those of the official programs,
  /// and a configuration or run given without `--config` or `--resume`.
  static let train = MisuseHints(option: setting, argument: subject)

  private static func setting(_ spelling: String, _ value: String?) -> String? {
    let name = String(spelling.drop { $0 == "-" }).replacing("-", with: "_")
    let value = value.map { $0.contains(where: \.isWhitespace) ? "'\($0)'" : $0 } ?? "VALUE"
    if name == "name" { return "write --set name=\(value), or give the run's folder: --run runs/\(value)" }
    if let path = optionPath(name) { return "write --set \(path)=\(value)" }
    guard let meaning = OfficialNames.table[name] else { return nil }
    let remark = meaning.advice.map { "; \($0)" } ?? ""
    return meaning.paths.isEmpty
      ? meaning.advice : "write --set \(meaning.paths.joined(separator: " or --set "))=\(value)\(remark)"
  }

  /// The option with this name as `section.key`; nil if there is none.
  private static func optionPath(_ name: String) -> String? {
    let sections = [
      ("", RunSettings.options.map(\.key)), ("data.", DataOptions.options.map(\.key)),
      ("train.", TrainSettings.options.map(\.key)), ("eval.", EvalSettings.options.map(\.key)),
      ("model.", Registry.models.flatMap(\.optionKeys)),
    ]
    return sections.first { $0.1.contains(name) }.map { $0.0 + name }
  }

  private static func subject(_ text: String) -> String? {
    if text.hasSuffix(".yaml") || text.hasSuffix(".yml") { return "write --config \(text)" }
    if FileManager.default.fileExists(atPath: text + "/config.yaml") { return "write --resume \(text)" }
    if text.hasSuffix(".safetensors"), text.contains("checkpoints/") { return "write --resume \(text)" }
    if [".safetensors", ".pth", ".pt", ".ckpt"].contains(where: text.hasSuffix) { return "write --init \(text)" }
    if text.contains("=") { return "write --set \(text)" }
    return nil
  }
}
