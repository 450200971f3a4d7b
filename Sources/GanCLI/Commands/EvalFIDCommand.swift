import Foundation
import GanBase
import GanImage
import GanMetrics
import GanStore
import GanTensor
import GanTrain

/// `ganctl eval-fid`: measures how close generated pictures are to real ones.
enum EvalFIDCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "eval-fid", summary: "Measure how close generated pictures are to real ones (FID, KID and others)",
      usage: [
        "eval-fid GENERATED [REAL] [options]", "eval-fid GENERATED --run RUN [options]",
        "eval-fid REAL --stats OUT.npz [options]",
      ],
      operands: [
        OperandSpecification("GENERATED", help: "folder of pictures, or statistics of one (.npz)"),
        OperandSpecification(
          "REAL", .optional,
          help: "the same for the real pictures (default: validation or test pictures of the run that made GENERATED)"),
      ],
      options: [
        OptionSpecification(
          "--run", value: "RUN", help: "without REAL: compare with the validation pictures of this run"),
        OptionSpecification(
          "--metrics", value: "LIST", listing: SetMetric.allCases.map(\.rawValue),
          help: "any of fid, kid, is, pr, separated by commas (default: fid,kid)"),
        OptionSpecification(
          "--features", value: "NAME", help: "inception or built-in (default: inception, if its weights are found)"),
        OptionSpecification("--weights", value: "FILE", help: "weights of the Inception network (.pth, .safetensors)"),
        OptionSpecification(
          "--variant", value: "NAME",
          help: "how pictures are scaled: \(names(PictureScaling.self)) (default: pytorch-fid)"),
        OptionSpecification("--stats", value: "OUT.npz", help: "write mean and covariance of the real pictures"),
        OptionSpecification("--kid-subsets", value: "N", help: "random subsets for KID (default: 100)"),
        OptionSpecification(
          "--kid-subset-size", value: "N", help: "pictures in each (default: 1000, or half of the smaller set)"),
        OptionSpecification("--neighbours", value: "K", help: "neighbours for precision and recall (default: 3)"),
        OptionSpecification("--seed", value: "N", help: "random seed for the subsets (default: 0)"),
        OptionSpecification("--json", help: "print the results as JSON"),
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
      ],
      details: details)
  }

  private static func names<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> String
  where Choice.RawValue == String { type.allCases.map(\.rawValue).joined(separator: ", ") }

  private static let details = """
    fid   Fréchet Inception distance: smaller is better. It needs many pictures: with
          fewer than 2,048 it is biased upwards, so compare only equal counts.
    kid   kernel distance, mean and deviation over subsets: smaller is better, fair at
          any count; papers often report it times 100 or 1,000.
    is    Inception Score of GENERATED: only for sets with many classes of ImageNet.
    pr    precision (how good), recall (how varied), density and coverage.

    The published FID needs the weights of its network, a file of 91 MiB from
    pytorch-fid (pt_inception-2015-12-05-6726825d.pth). scripts/fetch_inception.py
    downloads it. eval-fid looks for it in $GANCTL_HOME and $XDG_DATA_HOME/ganctl
    (~/.local/share/ganctl), or reads the file that --weights names. Without it,
    built-in features are used: they rank results on the same pictures, but are not
    the published FID, and every line says so.

    Without REAL, results are compared with real pictures of the side or domain they
    belong to: the validation or test pictures of the run that made them, which
    translate has recorded in their folder; without such a record, those of --run or
    of the newest run. For an attribute list these are the held-out pictures with the
    requested attributes, for side-by-side pairs the half with the target. The output
    says which pictures they are. Pictures in the folder that translate did not write
    are left out.

    Scores of different variants cannot be compared. Folders are searched with all
    their subfolders. Pictures are taken as stored, without turning them upright. PNG
    and JPEG versions of the same pictures give different scores. Statistics (.npz)
    are those of pytorch-fid, and are enough for fid only.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let (settings, hasList) = try settings(arguments)
    let output = try arguments.outputPath("--stats")
    if let output { try checkOutput(output, arguments) }
    var first = try pictureSet(arguments.operandPath("GENERATED") ?? "", context.console)
    let second = try real(arguments, for: &first, context.console)
    let extractor = try extractor(arguments, context.console)
    let real = second ?? first
    for set in second == nil ? [first] : [first, real] { tellOfTurned(set, context.console) }
    var chosen = settings
    if !hasList, [first, real].contains(where: \.isStatistics) { chosen.metrics = [.fid] }
    let evaluation = SetEvaluation(extractor, chosen)
    let display = MeasuringDisplay(context.console)
    Signals.install(grace: 1.5)
    do {
      if second != nil {
        let report = try evaluation.run(generated: first, real: real, progress: display.show)
        context.console.endProgress()
        warn(report, context.console)
        let printed = MeasuringReport(report, chosen, generated: first.place, real: real.place)
        if arguments.flag("--json") {
          context.console.result(printed.json)
        } else {
          context.console.result(lines: printed.lines)
        }
      }
      if let output {
        try OutputFile.makeParent(of: output)
        try StatisticsFile.write(evaluation.statistics(of: real, progress: display.show), to: output)
        context.console.endProgress()
        context.console.notice("statistics of \(real.place), \(extractor.title) -> \(output)")
      }
    } catch let interruption as MeasuringDisplay.Interruption {
      return 128 + interruption.signal
    }
    return ExitCode.ok.rawValue
  }

  // MARK: Arguments

  /// The settings, and whether metrics were named.
  private static func settings(_ arguments: ParsedArguments) throws -> (SetEvaluation.Settings, Bool) {
    var settings = SetEvaluation.Settings()
    if let list = arguments.string("--metrics") {
      settings.metrics = try list.split(separator: ",", omittingEmptySubsequences: false).map(metric)
    }
    settings.kernelSubsets = try arguments.integer("--kid-subsets", in: 1...10_000) ?? settings.kernelSubsets
    settings.kernelSubsetSize = try arguments.integer("--kid-subset-size", in: 2...1_000_000)
    settings.neighbours = try arguments.integer("--neighbours", in: 1...1000) ?? settings.neighbours
    settings.seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 0)
    return (settings, arguments.string("--metrics") != nil)
  }

  private static func metric(_ name: Substring) throws -> SetMetric {
    let names = SetMetric.allCases.map(\.rawValue)
    if let metric = SetMetric(rawValue: name.trimmingCharacters(in: .whitespaces)) { return metric }
    let near = suggestion(for: String(name), among: names).map { "did you mean \($0)?" }
    throw GanError.usage(
      "option --metrics: expected a list of \(names.joined(separator: ", ")), found \(quoted(String(name)))",
      help: near ?? "for instance --metrics fid,kid")
  }

  /// Checks the output path before hours of work.
  private static func checkOutput(_ path: FilePath, _ arguments: ParsedArguments) throws {
    guard path.ending == "npz" else {
      throw GanError.usage("option --stats: expected a file named *.npz, found \(quoted(path.shown))")
    }
    var outputs = OutputGuard()
    for input in arguments.operandPaths("GENERATED") + arguments.operandPaths("REAL") {
      outputs.protect(input, "the statistics that are read")
    }
    try outputs.check(path, option: "--stats")
    try OutputFile.checkPlaces([path])
  }

  private static func pictureSet(_ path: FilePath, _ console: Console) throws -> PictureSet {
    if path.ending == "npz", !path.isFolder, FileStatus(path) != nil {
      return .statistics(try StatisticsFile.read(path), from: path.shown)
    }
    try RunFolder.refuseAsPictures(path)
    let listing = try PictureFile.listing(folder: path, recursive: true)
    if let text = listing.skippedText { console.notice("\(path.shown): \(text)") }
    return .pictures(listing.pictures.map { PicturePlace($0) }, from: path.shown)
  }

  /// The real pictures that the user named or that belong to a run; nil if only statistics of one set are requested.
  /// Removes pictures from `generated` that are not listed as results in the record of `translate`.
  private static func real(
    _ arguments: ParsedArguments, for generated: inout PictureSet, _ console: Console
  ) throws -> PictureSet? {
    let run = arguments.path("--run")
    if let path = arguments.operandPath("REAL") {
      guard run == nil else {
        throw GanError.usage("REAL and --run are both given", help: "both choose the real pictures: leave out one")
      }
      return try pictureSet(path, console)
    }
    if arguments.string("--stats") != nil, run == nil { return nil }
    guard case .pictures(let pictures, let place) = generated else {
      throw GanError.usage("operand REAL is missing", help: "statistics do not say which run they belong to")
    }
    let folder = arguments.operandPath("GENERATED") ?? ""
    let found = try RealPictures(for: folder, run: run)
    let results = pictures.filter { found.results?.contains($0.path.relative(to: folder).shown) ?? true }
    if !results.isEmpty, results.count < pictures.count {
      let rest = pictures.count - results.count
      console.notice(
        "\(place): left out \(counted(rest, "other picture")) not made by this translation")
      generated = .pictures(results, from: place)
    }
    for text in found.skipped { console.notice(text) }
    console.notice("real pictures: \(found.title), \(found.reason)")
    return .pictures(found.places, from: found.title)
  }

  private static func tellOfTurned(_ set: PictureSet, _ console: Console) {
    let turned = set.turnedCount, all = set.count ?? 0
    guard turned > 0 else { return }
    console.notice(
      "\(turned) of \(counted(all, "picture")) of \(set.place) \(turned == 1 ? "carries" : "carry") an EXIF rotation, "
        + "which is not applied, as in pytorch-fid")
  }

  private static func extractor(_ arguments: ParsedArguments, _ console: Console) throws -> any FeatureExtractor {
    let variant = try arguments.choice("--variant", as: PictureScaling.self)
    let features = try arguments.choice("--features", among: ["inception", "built-in"])
    let given = arguments.path("--weights")
    if features == "built-in", variant != nil || given != nil {
      throw GanError.usage("--weights and --variant belong to the Inception network, not to --features built-in")
    }
    try console.startEngine(threads: arguments.integer("--threads", in: 1...1024))
    if features != "built-in", let path = given ?? InceptionWeights.find() {
      let weights = try OutOfMemory.guarding { try InceptionWeights(path: path) }
      if !weights.isVerified {
        console.warning(
          "these are not known to be the published weights: \(path)",
          help: "scripts/fetch_inception.py downloads and checks those")
      }
      return InceptionExtractor(weights.network, variant ?? .pytorchFID, isPublished: weights.isVerified)
    }
    guard features != "inception", variant == nil else { throw InceptionWeights.missing }
    return try OutOfMemory.guarding { BuiltInExtractor() }
  }

  private static func warn(_ report: SetReport, _ console: Console) {
    if !report.isPublished {
      console.warning(
        "measured with \(report.features): not the published FID, good for comparing results on the same pictures",
        help: "for the published FID fetch its network: scripts/fetch_inception.py")
    }
    if let count = report.scarceCount {
      console.warning(
        "\(counted(count, "picture is", "pictures are")) fewer than the \(report.dimension) features: FID is biased "
          + "upwards",
        help: "compare only equal counts, or look at KID, which is fair at any count")
    }
  }
}

extension PictureSet {
  fileprivate var isStatistics: Bool {
    if case .statistics = self { return true }
    return false
  }
}
