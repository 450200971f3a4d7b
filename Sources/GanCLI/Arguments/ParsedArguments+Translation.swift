import GanBase
import GanData
import GanImage
import GanTranslate

extension ParsedArguments {
  /// The options of `translate`.
  /// - Throws: `GanError`: (usage) for invalid or incompatible values, (checkpoint) for a style file that cannot be
  ///   used.
  func translationOptions() throws -> TranslationOptions {
    var options = TranslationOptions()
    options.isEvaluation = flag("--eval")
    options.dropout = try choice("--dropout", among: ["on", "off"]).map { $0 == "on" }
    options.seed = UInt64(try integer("--seed", in: 0...Int.max) ?? 0)
    options.size = try string("--size").map(Self.size)
    options.restoresSize = flag("--restore-size")
    options.styles = try styles()
    options.reconstructs = flag("--reconstruct")
    options.bound = MemoryBound(memory: try bytes("--memory"), scratch: path("--scratch"))
    options.boxes = try path("--boxes").map { try BoxFiles($0) }
    try checkSamples(options)
    guard options.boxes == nil || !flag("--aligned") else {
      throw GanError.usage(
        "options --boxes and --aligned cannot be used together", help: "models that look at boxes learn without pairs")
    }
    guard options.size != nil || !options.restoresSize else {
      throw GanError.usage(
        "option --restore-size: without --size nothing is scaled", help: "add --size, for instance 256")
    }
    return options
  }

  private func styles() throws -> StyleChoice? {
    let drawn = try integer("--samples", in: 1...1000), each = try integer("--samples-per-picture", in: 1...1000)
    let files = paths("--style")
    let given = ["--samples", "--samples-per-picture", "--style"].filter(flag)
    guard given.count < 2 else {
      throw GanError.usage(
        "options \(given[0]) and \(given[1]) cannot be used together",
        help: "styles are either drawn at random or given: leave out one of them")
    }
    if let drawn { return .drawn(drawn) }
    if let each { return .drawnForEachPicture(each) }
    return files.isEmpty ? nil : .given(try TranslationStyle.read(files))
  }

  private func checkSamples(_ options: TranslationOptions) throws {
    guard let option = ["--samples", "--samples-per-picture"].first(where: flag) else { return }
    let isMean = options.dropout.map { !$0 } ?? options.isEvaluation
    for (isGiven, other, help) in [
      (isMean, options.dropout == nil ? "--eval" : "--dropout off", "without randomness all would be the same"),
      (flag("--aligned"), "--aligned", "random translations have no target: leave out one of them"),
      (flag("--compare"), "--compare", "random translations have no target: leave out one of them"),
    ] where isGiven {
      throw GanError.usage("options \(option) and \(other) cannot be used together", help: help)
    }
  }

  /// `256x192`, or `256` for the shorter side.
  static func size(_ text: String) throws -> ScaledSize {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard (1...2).contains(sides.count), sides.allSatisfy({ $0 > 0 }), let width = sides.first, let height = sides.last
    else {
      throw GanError.usage(
        "option --size: expected WIDTHxHEIGHT or the shorter side in pixels, found \(quoted(text))",
        help: "for instance --size 256x256, or --size 256")
    }
    do { try PictureLimits.check(width: width, height: height) } catch let error as GanError {
      throw GanError(.usage, error.diagnostics.map { Diagnostic("option --size: \($0.message)", help: $0.help) })
    }
    return sides.count == 1 ? .shorterSide(width) : .exact(PictureSize(width: width, height: height))
  }
}
