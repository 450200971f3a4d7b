import Foundation
import GanBase
import GanImage
import GanMetrics
import GanModels
import GanStore
import GanTensor
import GanTrain

/// `ganctl translate`: applies a trained model to pictures.
enum TranslateCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "translate", summary: "Translate pictures with a trained model",
      usage: ["translate INPUT... [-o OUT] [--run DIR | --checkpoint FILE] [options]"],
      operands: [
        OperandSpecification("INPUT", .oneOrMore, help: "pictures (PNG, JPEG), and folders that are searched for them")
      ],
      options: [
        OptionSpecification(
          "--output", short: "o", value: "OUT",
          help: "folder for the results, or a .png for one INPUT (default: NAME_translated.png or FOLDER_translated/ "
            + "beside each INPUT)"),
        OptionSpecification(
          "--run", value: "DIR", help: "run whose newest checkpoint is used (default: the newest run)"),
        OptionSpecification("--checkpoint", value: "FILE", help: "checkpoint to use"),
        OptionSpecification(
          "--direction", value: "AtoB|BtoA", help: "which way to translate (default: the model's first)"),
        OptionSpecification("--domain", value: "NAME|all", help: "domain to translate to, where a model has several"),
        OptionSpecification(
          "--set-attribute", value: "NAME=0|1", repeatable: true,
          help: "switch an attribute on or off, where a model has attributes"),
        OptionSpecification("--attributes", value: "FILE", help: "list of the attributes that the pictures have"),
        OptionSpecification(
          "--samples", value: "K", help: "K translations of each picture, NAME_1.png to NAME_K.png, with random styles"),
        OptionSpecification(
          "--style", value: "FILE", help: "translate in the style of this picture of the domain translated to"),
        OptionSpecification(
          "--reconstruct", help: "also translate back, into OUT-reconstructed/: shows what the translation has kept"),
        OptionSpecification("--eval", help: "normalise with the statistics of training, without dropout"),
        OptionSpecification("--dropout", value: "on|off", help: "random dropout (default: as the official program)"),
        OptionSpecification("--seed", value: "N", help: "beginning of the random numbers (default: 0)"),
        OptionSpecification(
          "--size", value: "WxH", help: "scale the pictures to this size first (default: keep theirs)"),
        OptionSpecification(
          "--aligned", help: "each INPUT holds two pictures side by side: one to translate, its target"),
        OptionSpecification("--compare", value: "DIR", help: "folder of targets, with the names of the inputs"),
        OptionSpecification("--grid", help: "write OUT-grid.png, a sheet of \(FolderTranslation.sheetRows) translations"),
        OptionSpecification("--json", help: "print results and scores as JSON"),
        .precision,
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
      ],
      details: details)
  }

  private static let details = """
    A result is a PNG file with the size of its input, and in OUT also its name; without
    --output it lies beside the input and is called NAME_translated.png, a folder's
    results FOLDER_translated/, and these places are printed. Pictures may have any
    size: edges are padded by reflection to the multiple that the network needs, and
    the padding is cropped off afterwards. Pictures are converted between colour and
    grey where the model needs it. Pixel values are rounded or truncated as in each
    model's official program: pix2pix, CycleGAN, DRIT and DRIT++ truncate, the others
    round.

    As in the official programs, pix2pix normalises a picture with its own
    statistics and keeps dropout on (its only randomness); --eval and --dropout change
    that. The random numbers depend on the seed and the file's name alone, so a
    picture's translation does not depend on which others are translated.

    MUNIT, DRIT and DRIT++ give a picture a random style (attribute): --samples K draws
    K of them, --style FILE uses the style of an example instead. With --dropout off or
    --eval the mean style is used.

    A model with several domains needs --domain; with all, each domain's results go
    into a subfolder of OUT. An attribute model (StarGAN trained with data.attributes)
    needs all attributes of the result. Either give each of them by --set-attribute;
    one hair colour rules out the others. Or give the pictures' own attributes by
    --attributes FILE, in CelebA's format, and change some of them by --set-attribute,
    or one by --domain NAME: a hair colour replaces the others, anything else is
    reversed.

    With --compare or --aligned, stdout shows how far the results are from their
    targets: L1 is the mean absolute difference in levels (0...255) and as a share
    of the full range, PSNR that of the mean square in decibels, both averaged over
    pictures. A target that is twice as wide as its result is a side-by-side pair,
    whose other half counts. Which half is which follows data.direction of the
    training. The checkpoint of step 0 shows how far off an untrained generator is.

    Pictures of a folder that are damaged or of another format are named and skipped;
    the exit status is then 3.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let options = try options(arguments)
    let checkpoint = try checkpoint(arguments)
    let threads = try arguments.integer("--threads", in: 1...1024)
    let request = try arguments.translationRequest()
    let plan = try TranslationPlan(
      inputs: arguments.operandPaths("INPUT"), output: arguments.path("--output"),
      variants: options.samples.map { (1...$0).map { String($0) } }, reconstructs: options.reconstructs,
      hasSheet: arguments.flag("--grid"))
    Engine.start(threads: threads)
    Precision.use(try arguments.precision(context.console))
    let trained = try TrainedModel(checkpoint: CheckpointLocator.resolve(checkpoint))
    let destinations = try request.destinations(trained, plan)
    let console = context.console
    let goals = destinations.map { $0.folder ?? $0.target.name }.joined(separator: ", ")
    console.notice("\(trained.info.title), \(goals): \(trained.path)")
    if !arguments.flag("--aligned"), plan.looksLikePairs, trained.info.data == .aligned {
      console.warning(
        "every picture is twice as wide as it is high, as if it held two",
        help: "add --aligned to translate one half of each and compare it with the other")
    }
    for error in plan.unusable { console.report(error) }
    let works = try destinations.map { try work($0, plan, trained, options, arguments) }
    Signals.install()
    for work in works { try work.checkMemory() }
    let seconds = try run(works, of: plan.items.count, console)
    report(works, plan, seconds: seconds, arguments, console)
    if let signal = Signals.pending { return 128 + signal }
    return (plan.unusable.isEmpty && works.allSatisfy { $0.failures == 0 } ? ExitCode.ok : .input).rawValue
  }

  /// All pictures to one destination, not yet begun.
  private static func work(
    _ destination: TranslationRequest.Destination, _ plan: TranslationPlan, _ trained: TrainedModel,
    _ options: TranslationOptions, _ arguments: ParsedArguments
  ) throws -> FolderTranslation {
    let plan = try destination.folder.map { try plan.of(domain: $0) } ?? plan
    var options = options
    options.target = destination.target
    let translator = try PictureTranslator(trained, options)
    let targets = try TranslationTargets(
      plan, folder: arguments.path("--compare"), inputsArePairs: arguments.flag("--aligned"), trained, translator)
    if targets.compares, destination.folder != nil {
      throw GanError.usage(
        "results of several domains cannot be compared with one set of targets", help: "give --domain NAME")
    }
    return try FolderTranslation(plan, targets, translator, destination)
  }

  // MARK: Arguments

  private static func options(_ arguments: ParsedArguments) throws -> TranslationOptions {
    var options = TranslationOptions()
    options.isEvaluation = arguments.flag("--eval")
    options.dropout = try arguments.choice("--dropout", among: ["on", "off"]).map { $0 == "on" }
    options.seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 0)
    options.size = try arguments.string("--size").map(size)
    options.samples = try arguments.integer("--samples", in: 1...1000)
    options.style = arguments.path("--style")
    options.reconstructs = arguments.flag("--reconstruct")
    try checkSamples(options, arguments)
    return options
  }

  private static func checkSamples(_ options: TranslationOptions, _ arguments: ParsedArguments) throws {
    guard options.samples != nil else { return }
    let isMean = options.dropout.map { !$0 } ?? options.isEvaluation
    for (isGiven, other, help) in [
      (options.style != nil, "--style", "a style is either drawn or taken from a picture: leave out one of them"),
      (isMean, options.dropout == nil ? "--eval" : "--dropout off", "without random numbers all would be alike"),
      (arguments.flag("--aligned"), "--aligned", "random translations have no target: leave out one of them"),
      (arguments.string("--compare") != nil, "--compare", "random translations have no target: leave out one of them"),
    ] where isGiven {
      throw GanError.usage("options --samples and \(other) do not go together", help: help)
    }
  }

  /// `256x192`
  private static func size(_ text: String) throws -> PictureSize {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else {
      throw GanError.usage(
        "option --size: expected WIDTHxHEIGHT in pixels, found \"\(text)\"", help: "for instance --size 256x256")
    }
    do { try PictureLimits.check(width: width, height: height) } catch let error as GanError {
      throw GanError(.usage, error.diagnostics.map { Diagnostic("option --size: \($0.message)", help: $0.help) })
    }
    return PictureSize(width: width, height: height)
  }

  private static func checkpoint(_ arguments: ParsedArguments) throws -> FilePath? {
    let (file, run) = (arguments.path("--checkpoint"), arguments.path("--run"))
    guard file == nil || run == nil else {
      throw GanError.usage(
        "--checkpoint and --run are both given", help: "a checkpoint belongs to a run: give one of them")
    }
    return file ?? run
  }

  // MARK: Work

  /// - Returns: seconds that it took.
  private static func run(_ works: [FolderTranslation], of count: Int, _ console: Console) throws -> Double {
    let begin = ContinuousClock.now
    var seconds: Double { (ContinuousClock.now - begin) / .seconds(1) }
    var pace = Pace()
    pace.record(0, at: 0)
    let all = works.count * count
    for (index, work) in works.enumerated() {
      try work.run {
        console.report($0)
      } advanced: { done in
        let done = index * count + done
        pace.record(done, at: seconds)
        console.progress("\(done)/\(all)  \(Format.rate(pace.perSecond ?? .nan))  \(left(pace, of: all))")
      } shouldStop: {
        Signals.pending != nil
      }
    }
    console.endProgress()
    return seconds
  }

  private static func left(_ pace: Pace, of count: Int) -> String {
    pace.remaining(of: count).map { "\(Format.duration($0)) left" } ?? ""
  }

  private static func report(
    _ works: [FolderTranslation], _ plan: TranslationPlan, seconds: Double, _ arguments: ParsedArguments, _ console: Console
  ) {
    let done = works.reduce(0) { $0 + $1.results.count }, failures = failures(works, plan)
    var text = "\(done) \(done == 1 ? "picture" : "pictures") in \(Format.duration(seconds)) -> "
    text += plan.places.count == 1 ? plan.places[0].shown : "beside the inputs"
    if Signals.pending != nil { text += "; interrupted" }
    if failures > 0 { text += "; \(failures) could not be translated" }
    console.notice(text)
    let asJSON = arguments.flag("--json")
    if !asJSON, !arguments.flag("--output") { printPlaces(works, console) }
    if asJSON {
      console.result(json(works, plan).encoded)
    } else if let mean = works.first?.meanScores {
      console.result(
        String(
          format: "L1 %.3f of 255 (%.5f), PSNR %.3f dB, mean of %d", mean.levels, mean.l1, mean.psnr, mean.count))
    }
  }

  private static func failures(_ works: [FolderTranslation], _ plan: TranslationPlan) -> Int {
    works.reduce(plan.unusable.count) { $0 + $1.failures }
  }

  /// Where the results are, once for each place: the user has not named it.
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

  /// JSON has no infinity: the PSNR of equal pictures is null.
  private static func members(_ levels: Double, _ l1: Double, _ psnr: Double) -> [(key: String, value: JSONValue)] {
    [("l1_levels", .number(levels)), ("l1", .number(l1)), ("psnr", psnr.isFinite ? .number(psnr) : .null)]
  }
}

extension TranslationPlan {
  /// Whether every picture has the form of two square ones side by side.
  fileprivate var looksLikePairs: Bool { items.allSatisfy { $0.size.width == 2 * $0.size.height } }
}
