import GanBase
import GanModels
import GanTranslate

extension ParsedArguments {
  /// The value of `--direction`.
  /// - Throws: `GanError.usage` for an unknown direction.
  func direction() throws -> TranslationTarget? {
    let directions = TranslationTarget.directions
    return try choice("--direction", among: directions.map(\.name)).flatMap { name in
      directions.first { $0.name == name }
    }
  }

  /// The request in `--direction`, `--domain`, `--set-attribute`, `--attributes`, `--reconstruct` and `--from`.
  /// - Throws: `GanError.usage` for values of the wrong form.
  func translationRequest() throws -> TranslationRequest {
    var request = TranslationRequest()
    request.direction = try direction()
    request.domain = string("--domain")
    request.attributeFile = path("--attributes")
    request.origin = string("--from")
    request.reconstructs = flag("--reconstruct")
    request.changes = try list("--set-attribute").map { text in
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, ["0", "1"].contains(parts[1]) else {
        throw GanError.usage(
          "option --set-attribute: expected NAME=1 or NAME=0, found \"\(text)\"",
          help: "for instance --set-attribute Black_Hair=1")
      }
      return (String(parts[0]), parts[1] == "1")
    }
    return request
  }
}
