import Foundation
import GanBase
import GanStore
import GanTranslate

extension TranslateCommand {
  /// Tells what became of the pictures, on the terminal or as JSON.
  static func report(
    _ works: [FolderTranslation], _ plan: TranslationPlan, seconds: Double, _ arguments: ParsedArguments,
    _ console: Console
  ) {
    let done = works.reduce(0) { $0 + $1.results.count }, failures = failures(works, plan)
    var text = "\(counted(done, "picture")) in \(Format.duration(seconds)) -> "
    text += plan.places.count == 1 ? plan.places[0].shown : "next to the inputs"
    if Signals.pending != nil { text += "; interrupted" }
    if failures > 0 { text += "; \(failures) could not be translated" }
    console.notice(text)
    let asJSON = arguments.flag("--json")
    if !asJSON, !arguments.flag("--output") { printPlaces(works, console) }
    if asJSON {
      console.result(json(works, plan))
    } else if let mean = works.first?.meanScores {
      console.result(
        String(
          format: "L1 %.3f of 255 (%.5f), PSNR %.3f dB, mean of %d", mean.levels, mean.l1, mean.psnr, mean.count))
    }
  }

  private static func failures(_ works: [FolderTranslation], _ plan: TranslationPlan) -> Int {
    works.reduce(plan.unusable.count) { $0 + $1.failures }
  }

  /// Prints the places of the results, which the user has not named.
  private static func printPlaces(_ works: [FolderTranslation], _ console: Console) {
    var seen: Set<String> = []
    for result in works.flatMap(\.results) {
      let place = result.item.place.isFolder ? result.item.place.shown : result.output.shown
      if seen.insert(place).inserted { console.result(place) }
    }
  }

  private static func json(_ works: [FolderTranslation], _ plan: TranslationPlan) -> JSONValue {
    let pictures = works.flatMap(\.results).map { result -> JSONValue in
      var members: [(key: String, value: JSONValue)] = [
        ("input", .string(result.item.input.shown)), ("output", .string(result.output.shown)),
        ("width", .integer(result.size.width)), ("height", .integer(result.size.height)),
      ]
      if let scores = result.scores { members += Self.members(scores.levels, scores.l1, scores.psnr) }
      return .object(members)
    }
    var members: [(key: String, value: JSONValue)] = [
      ("translated", .integer(pictures.count)), ("failed", .integer(failures(works, plan))),
    ]
    if let mean = works.first?.meanScores {
      members.append(("mean", .object(Self.members(mean.levels, mean.l1, mean.psnr))))
    }
    return .object(members + [("pictures", .array(pictures))])
  }

  /// Scores for JSON, which has no infinity: the PSNR of equal pictures is null.
  private static func members(_ levels: Double, _ l1: Double, _ psnr: Double) -> [(key: String, value: JSONValue)] {
    [("l1_levels", .number(levels)), ("l1", .number(l1)), ("psnr", psnr.isFinite ? .number(psnr) : .null)]
  }
}
