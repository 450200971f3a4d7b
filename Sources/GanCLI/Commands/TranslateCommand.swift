import Foundation
import GanBase
import GanImage
import GanModels
import GanStore
import GanTensor
import GanTrain
import GanTranslate

/// `ganctl translate`: applies a trained model to pictures.
enum TranslateCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "translate", summary: "Translate pictures with a trained model",
      usage: ["translate INPUT... [-o OUT] [--run DIR | --checkpoint FILE] [options]"],
      operands: [
        OperandSpecification(
          "INPUT", .oneOrMore, help: "pictures (PNG, JPEG, TIFF, WebP, BMP, PNM), and folders to search for pictures")
      ],
      options: options,
      details: details)
  }

  private static let options: [OptionSpecification] = [
    OptionSpecification(
      "--output", short: "o", value: "OUT",
      help: "folder for the results, or a .png for one INPUT (default: NAME_translated.png or FOLDER_translated/ "
        + "next to each INPUT)"),
    OptionSpecification(
      "--run", value: "DIR", help: "run whose newest checkpoint is used (default: the newest run)"),
    OptionSpecification("--checkpoint", value: "FILE", help: "checkpoint to use"),
    .weights,
    OptionSpecification(
      "--direction", value: "AtoB|BtoA", help: "direction (default: the model's first)"),
    OptionSpecification("--domain", value: "NAME|all", help: "domain to translate to, if the model has several"),
    OptionSpecification(
      "--set-attribute", value: "NAME=0|1", repeatable: true,
      help: "switch an attribute on or off, if the model has attributes"),
    OptionSpecification("--attributes", value: "FILE", help: "attribute list of the pictures"),
    OptionSpecification(
      "--samples", value: "K",
      help:
        "K translations of each picture, NAME_1.png to NAME_K.png, in K random styles, the same for all pictures"),
    OptionSpecification(
      "--samples-per-picture", value: "K", help: "the same, but with new random styles for each picture"),
    OptionSpecification(
      "--style", value: "FILE", repeatable: true,
      help: "use the style of this picture, which must be from the target domain, or the styles in a file of "
        + "--save-styles; several styles give NAME_STYLE.png"),
    OptionSpecification(
      "--save-styles", value: "FILE.safetensors",
      help: "save the styles of --samples or --style for later"),
    OptionSpecification(
      "--boxes", value: "FILE|DIR",
      help: "boxes of objects, for a model that looks at them (dunit): a .json file (COCO), or a folder of .txt (YOLO) "
        + "or .xml files (Pascal VOC)"),
    OptionSpecification(
      "--reconstruct", help: "also translate each result back, into OUT-reconstructed/"),
    OptionSpecification(
      "--from", value: "NAME", help: "with --reconstruct: the domain of the pictures (default: their folder's name)"),
    OptionSpecification("--eval", help: "normalise with the statistics from training, without dropout"),
    OptionSpecification("--dropout", value: "on|off", help: "random dropout (default: as the official program)"),
    OptionSpecification("--seed", value: "N", help: "random seed (default: 0)"),
    OptionSpecification(
      "--size", value: "WxH|S",
      help: "scale the pictures first: to this size, or until the shorter side is S (default: keep their size)"),
    OptionSpecification("--restore-size", help: "scale the results back to the size of the picture"),
    OptionSpecification(
      "--aligned", help: "each INPUT is a picture and its target side by side"),
    OptionSpecification(
      "--masks", value: "DIR",
      help:
        "folder of masks, NAME_0.png, NAME_1.png, ..., for a model that needs them (default: beside the pictures, as "
        + "in training)"),
    OptionSpecification("--compare", value: "DIR", help: "folder of targets with the same names as the inputs"),
    OptionSpecification(
      "--grid", help: "write OUT-grid.png, a sheet of \(FolderTranslation.sheetRows) translations"),
    OptionSpecification("--json", help: "print results and scores as JSON"),
    .precision,
    OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
    OptionSpecification(
      "--memory", value: "SIZE", help: "most memory to use, for instance 2G or 800M (default: what is free)"),
    OptionSpecification(
      "--scratch", value: "DIR",
      help: "folder for scratch files of pictures that need more (default: $TMPDIR, /var/tmp, /tmp or here)"),
  ]

  private static let details = """
    A result is a PNG file of the same size as its input (but for SRGAN). In OUT it also has the same
    name. Without --output, the result for NAME.png is NAME_translated.png next to it,
    the results for FOLDER go into FOLDER_translated/, and these paths are printed.
    Pictures may have any size: edges are padded by reflection to the multiple that
    the network needs, and the padding is cropped off afterwards. Pictures are
    converted between colour and grey as the model needs. Pixel values are rounded or
    truncated as in each model's official program: pix2pix, CycleGAN, CUT, DRIT, DRIT++,
    DUNIT and InstaGAN truncate, the others round.

    As in the official programs, pix2pix normalises a picture with its own
    statistics and keeps dropout on (its only randomness); --eval and --dropout change
    that. The random numbers depend only on the seed and the file's name, so a
    picture's translation does not depend on which others are translated.

    MUNIT, INIT, DRIT, DRIT++ and DUNIT give each picture its own random style (attribute).
    --samples K draws K styles and uses them for all pictures; --style FILE uses the
    style of an example instead. --save-styles FILE.safetensors keeps the styles for
    later: --style FILE.safetensors uses them again. With --dropout off or --eval the
    mean style is used.

    DUNIT also looks at single objects where --boxes tells where they are. A box file
    has the name of its picture; an empty one says that there is nothing to look at.

    A model with several domains needs --domain. With --domain all, each domain's
    results go into a subfolder of OUT. An attribute model (StarGAN trained with
    data.attributes) needs all attributes of the result. Either give each of them with
    --set-attribute; one hair colour rules out the others. Or give the pictures' own
    attributes with --attributes FILE, in CelebA's format, and change some of them with
    --set-attribute, or one with --domain NAME: a hair colour replaces the others, any
    other attribute is reversed.

    --reconstruct translates each result back, which shows how much of the picture it has
    kept: models of two sides by the other direction, StarGAN and DRIT++ to the domain
    that --from names, or that the picture's folder is named after, and an attribute
    model to the picture's own attributes, which --attributes FILE lists.

    SRGAN's results are two, four or eight times as high and as wide as their inputs;
    targets for --compare have that size.

    With --compare or --aligned, stdout shows how far the results are from their
    targets: L1 is the mean absolute difference in levels (0...255) and as a fraction
    of the full range, PSNR the peak signal-to-noise ratio in decibels, both averaged
    over pictures. If a target is twice as wide as its result, it is taken as a
    side-by-side pair, and its other half is the target. data.direction from training
    says which half is which. For comparison, the checkpoint of step 0 holds the
    untrained generator.

    Pictures may be of any size. Where one needs more memory than there is, or than
    --memory allows, most of it is put into scratch files, which are checked for room
    before and gone afterwards. The result has the same bits.

    An INPUT that is a video (.mp4, .mov, .mkv, .webm, .avi, ...) gives a video of the
    same frame rate, length and sound, by the program ffmpeg, which must be installed.
    All frames have the same random draws and style.

    InstaGAN translates instances, each marked by a mask as white on black. It needs
    the masks of each picture, of the same size; a few instances are translated at a
    time, the largest first. What becomes of the masks is written into OUT-masks/
    under the masks' names. A picture without masks stays as it is.

    Damaged pictures in a folder, and those in other formats, are reported and skipped;
    the exit status is then 3.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let options = try arguments.translationOptions()
    let checkpoint = try checkpoint(arguments)
    let threads = try arguments.integer("--threads", in: 1...1024)
    let request = try arguments.translationRequest()
    if let video = arguments.operandPaths("INPUT").first(where: Video.isNamed) {
      return try translate(video: video, request, options, checkpoint, threads: threads, arguments, context.console)
    }
    let plan = try TranslationPlan(
      inputs: arguments.operandPaths("INPUT"), output: arguments.path("--output"),
      variants: options.styles?.variants, reconstructs: options.reconstructs,
      hasSheet: arguments.flag("--grid"))
    try context.console.startEngine(threads: threads)
    Precision.use(try arguments.precision(context.console))
    let trained = try TrainedModel(
      checkpoint: CheckpointLocator.resolve(checkpoint), weights: arguments.weights(), loadingAll: false)
    let destinations = try request.destinations(trained, plan)
    let console = context.console
    let goals = destinations.map { $0.folder ?? $0.target.name }.joined(separator: ", ")
    console.notice(
      "\(trained.info.title), \(goals): \(trained.path)\(trained.isAveraged ? ", averaged weights" : "")")
    if !arguments.flag("--aligned"), plan.looksLikePairs, trained.info.data == .aligned {
      console.warning(
        "every picture is twice as wide as high, so these may be side-by-side pairs",
        help: "if so, add --aligned to translate one half of each and compare it with the other")
    }
    for notice in plan.notices { console.notice(notice) }
    for error in plan.unusable { console.report(error) }
    let works = try destinations.map { try work($0, plan, trained, options, arguments, console) }
    // A picture may take minutes; finished results are complete files and stay.
    Signals.install(grace: 1.5)
    warnOfLargePictures(works, trained, console)
    if let path = arguments.path("--save-styles") { try saveStyles(works, plan, to: path, options) }
    for text in try Set(works.compactMap { try $0.checkMemory() }) { console.notice(text) }
    let seconds = try run(works, of: plan.items.count, console)
    report(works, plan, seconds: seconds, arguments, console)
    if let signal = Signals.pending { return 128 + signal }
    return (plan.unusable.isEmpty && works.allSatisfy { $0.failures == 0 } ? ExitCode.ok : .input).rawValue
  }

  private static func warnOfLargePictures(_ works: [FolderTranslation], _ trained: TrainedModel, _ console: Console) {
    guard let side = trained.trainingSize, let larger = works.first?.farLarger(than: side) else { return }
    let (count, largest) = larger
    console.warning(
      "\(count == 1 ? "a picture is" : "\(count) pictures are") far larger than the \(side)x\(side) that the model was "
        + "trained on (\(count == 1 ? "" : "up to ")\(largest.width)x\(largest.height)): results are best at that size",
      help: "--size \(side) translates at the training size, --restore-size scales the results back")
  }

  /// Saves styles before translating, so that an interrupted call has saved them too.
  private static func saveStyles(
    _ works: [FolderTranslation], _ plan: TranslationPlan, to path: FilePath, _ options: TranslationOptions
  ) throws {
    try OutputFile.requireEnding(TranslationStyle.fileEnding, of: path)
    guard let work = works.first, works.count == 1 || options.styles?.isDrawn == true else {
      throw GanError.usage(
        "option --save-styles: an example picture has a different style in each domain", help: "give --domain NAME")
    }
    try work.saveStyles(to: path)
  }

  /// Prepares the translation of all pictures to one destination.
  private static func work(
    _ destination: TranslationRequest.Destination, _ plan: TranslationPlan, _ trained: TrainedModel,
    _ options: TranslationOptions, _ arguments: ParsedArguments, _ console: Console
  ) throws -> FolderTranslation {
    let plan = try destination.folder.map { try plan.of(domain: $0) } ?? plan
    var options = options
    options.target = destination.target
    let translator = try PictureTranslator(trained, options)
    let targets = try TranslationTargets(
      plan, folder: arguments.path("--compare"), inputsArePairs: arguments.flag("--aligned"), trained, translator)
    if let text = targets.skipped { console.notice(text) }
    if targets.compares, destination.folder != nil {
      throw GanError.usage(
        "results of several domains cannot be compared with one set of targets", help: "give --domain NAME")
    }
    let masks = try trained.masks(plan, in: arguments.path("--masks"))
    if let notice = masks.notice { console.notice(notice) }
    return try FolderTranslation(plan, targets, translator, destination, masks: masks)
  }

  // MARK: Work

  private static func checkpoint(_ arguments: ParsedArguments) throws -> FilePath? {
    let (file, run) = (arguments.path("--checkpoint"), arguments.path("--run"))
    guard file == nil || run == nil else {
      throw GanError.usage(
        "--checkpoint and --run are both given", help: "a checkpoint belongs to a run: give one of them")
    }
    return file ?? run
  }

  /// - Returns: the duration in seconds.
  private static func run(_ works: [FolderTranslation], of count: Int, _ console: Console) throws -> Double {
    let display = TranslationDisplay(console, pictures: works.count * count)
    for (index, work) in works.enumerated() {
      try work.run {
        console.report($0)
      } advanced: { done, layers in
        display.show(index * count + done, layers)
      } shouldStop: {
        Signals.pending != nil
      }
    }
    console.endProgress()
    return display.seconds
  }
}

extension TranslationPlan {
  /// Whether every picture has the shape of two square ones side by side.
  fileprivate var looksLikePairs: Bool { items.allSatisfy { $0.size.width == 2 * $0.size.height } }
}
