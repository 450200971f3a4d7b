import GanBase
import GanImage
import GanStore
import GanStyle
import GanTensor
import GanTrain
import GanTranslate

/// `ganctl stylize`: gives one photo the style of another.
enum StylizeCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "stylize", summary: "Give a photo the colours and the light of another one",
      operands: [
        OperandSpecification("CONTENT", help: "the photo to change"),
        OperandSpecification("STYLE", help: "the photo whose style it gets"),
      ],
      options: options, details: details)
  }

  /// The file of the authors' program.
  private static let weightsName = "photo_wct.pth"

  private static let options: [OptionSpecification] = [
    OptionSpecification(
      "--output", short: "o", value: "FILE", help: "the result, a .png (default: CONTENT's name with _stylized.png)"),
    OptionSpecification("--weights", value: "FILE", help: "the authors' \(weightsName)"),
    OptionSpecification(
      "--content-labels", value: "FILE", help: "label map of CONTENT, a PNG of its shape; needs --style-labels"),
    OptionSpecification("--style-labels", value: "FILE", help: "label map of STYLE"),
    OptionSpecification(
      "--smoothing", value: "guided|matting|none", help: "how the result follows CONTENT's edges (default: guided)"),
    OptionSpecification(
      "--radius", value: "N", help: "with guided: radius of the filter in pixels (default: \(GuidedFilter().radius))"),
    OptionSpecification(
      "--epsilon", value: "X",
      help: "with guided: added to the variances of colours from 0 to 1; larger is smoother (default: 0.001 for levels "
        + "up to 255, which is 1.5e-8)"),
    OptionSpecification(
      "--lambda", value: "X",
      help: "with matting: how close colours stay to the unsmoothed ones (default: the paper's 0.0001)"),
    OptionSpecification(
      "--size", value: "WxH|S", help: "scale both photos first: to this size, or until the shorter side is S"),
    OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
  ]

  private static let details = """
    FastPhotoStyle (Li et al. 2018, arXiv:1802.06474): features of CONTENT in a VGG19
    get the mean and covariance of those of STYLE, from the deepest layers to the
    first. The result has CONTENT's size. Nothing is trained. A megapixel takes about
    three gigabytes of memory.

    The weights are those of the authors' program, which are not part of ganctl. Get
    \(weightsName) from https://github.com/NVIDIA/FastPhotoStyle (download_models.sh). Its
    license, CC BY-NC-SA 4.0, does not allow commercial use. stylize looks for
    it in $GANCTL_HOME and $XDG_DATA_HOME/ganctl (~/.local/share/ganctl), or reads the
    file that --weights names; .safetensors with the same keys will do.

    With label maps, each region of CONTENT takes the style of the regions of STYLE
    that have the same colour, or grey level, in the maps: sky from sky, buildings from
    buildings. Regions of ten pixels or less, and those a hundred times as large as the
    other one, keep their own style, as do those without a counterpart. Maps are
    scaled to the size of their photos without mixing colours.

    The smoothing keeps the result photorealistic. guided fits the result by linear
    functions of CONTENT's colours around each pixel (He et al. 2013); it is fast.
    matting is the paper's: it solves for colours that agree with the affinities of
    closed-form matting (Levin et al. 2008), which takes more time, and 400 bytes of
    memory for each pixel.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let console = context.console
    let paths = ["CONTENT", "STYLE"].map { arguments.operandPath($0) ?? "" }
    let smoothing = try smoothing(arguments)
    let size = try arguments.string("--size").map(ParsedArguments.size)
    let output = try arguments.outputPath("--output") ?? paths[0].withoutEnding.adding(suffix: "_stylized.png")
    try OutputFile.requireEnding("png", of: output)
    let labels = try labelPaths(arguments)
    let weights = try weights(arguments)
    var outputs = OutputGuard()
    for path in paths { outputs.protect(path, "a photo") }
    for path in [labels?.content, labels?.style].compactMap({ $0 }) { outputs.protect(path, "a label map") }
    outputs.protect(weights, "the weights")
    try outputs.check(output)
    try OutputFile.checkPlaces([output])
    let pictures = try paths.map { try picture($0, size) }
    let regions = try labels.map { try matchedRegions($0, paths, console) }
    try console.startEngine(threads: arguments.integer("--threads", in: 1...1024))
    let stylization = Stylization(try OutOfMemory.guarding { try Stylization.network(weights) }, smoothing)
    try checkMemory(stylization, pictures, paths[0])
    Signals.install(grace: 1.5)
    let result = try Cancellation.run(when: { Signals.pending != nil }) { _ in
      try stylization(pictures[0], pictures[1], regions) { console.progress(text(of: $0)) }
    }
    console.endProgress()
    guard let result, Signals.pending == nil else { return 128 + (Signals.pending ?? 0) }
    try outputs.check(output)
    try OutputFile.makeParent(of: output)
    try PictureFile.writePNG(result, to: output)
    console.result(output.shown)
    return ExitCode.ok.rawValue
  }

  private static func text(of stage: Stylization.Stage) -> String {
    switch stage {
    case .level(let level): "style of level \(level) of 4"
    case .smoothing: "smoothing"
    case .solving(let iteration): "smoothing: iteration \(iteration)"
    }
  }

  // MARK: Arguments

  private static func smoothing(_ arguments: ParsedArguments) throws -> Stylization.Smoothing {
    let kind = try arguments.choice("--smoothing", among: ["guided", "matting", "none"]) ?? "guided"
    for (option, owner) in [("--radius", "guided"), ("--epsilon", "guided"), ("--lambda", "matting")]
    where arguments.flag(option) && kind != owner {
      throw GanError.usage("option \(option) belongs to --smoothing \(owner), not to \(kind)", help: "leave it out")
    }
    switch kind {
    case "none": return .none
    case "matting":
      var smoother = MattingSmoother()
      smoother.lambda = try arguments.number("--lambda", in: 1e-6...1e3) ?? smoother.lambda
      return .matting(smoother)
    default:
      var filter = GuidedFilter()
      filter.radius = try arguments.integer("--radius", in: 1...10_000) ?? filter.radius
      filter.epsilon = try arguments.number("--epsilon", in: 1e-12...1) ?? filter.epsilon
      return .guided(filter)
    }
  }

  private static func labelPaths(_ arguments: ParsedArguments) throws -> (content: FilePath, style: FilePath)? {
    switch (arguments.path("--content-labels"), arguments.path("--style-labels")) {
    case (let content?, let style?): return (content, style)
    case (nil, nil): return nil
    case (let content, _):
      let (given, missing) = content == nil ? ("style", "content") : ("content", "style")
      throw GanError.usage(
        "option --\(given)-labels is given without --\(missing)-labels",
        help: "regions are found in both photos: give both")
    }
  }

  private static func weights(_ arguments: ParsedArguments) throws -> FilePath {
    if let path = arguments.path("--weights") { return path }
    let folders = InceptionWeights.folders()
    if let path = folders.map({ $0.appending(weightsName) }).first(where: \.isFile) { return path }
    throw GanError.environment(
      "the weights \(weightsName) are in none of: \(folders.map(\.shown).joined(separator: ", "))",
      help: "get them from https://github.com/NVIDIA/FastPhotoStyle (for non-commercial use: CC BY-NC-SA 4.0) and put "
        + "them there, or name them with --weights")
  }

  // MARK: Pictures

  private static func picture(_ path: FilePath, _ size: ScaledSize?) throws -> Picture {
    try RunFolder.refuseAsPictures(path)
    var picture = try PictureFile.read(path)
    if let size {
      let wanted = size.of(PictureSize(width: picture.width, height: picture.height))
      try PictureLimits.check(width: wanted.width, height: wanted.height, at: path)
      picture = try picture.resized(width: wanted.width, height: wanted.height)
    }
    try Stylization.check(PictureSize(width: picture.width, height: picture.height), at: path)
    return picture
  }

  private static func matchedRegions(
    _ labels: (content: FilePath, style: FilePath), _ paths: [FilePath], _ console: Console
  ) throws -> PhotoWCT.Regions {
    let maps = try zip([labels.content, labels.style], paths).map { path, photo in
      let map = try LabelMap(path), header = try PictureFile.header(of: photo)
      // The same shape, to within a pixel of the smaller one.
      let difference = abs(map.width * header.height - map.height * header.width)
      guard difference <= max(map.width, map.height, header.width, header.height) else {
        throw GanError.input(
          "the label map is \(map.width)x\(map.height), but \(photo.shown) is \(header.width)x\(header.height)",
          at: path,
          help: "a label map has the size of its photo, or the same proportions")
      }
      return map
    }
    let regions = PhotoWCT.Regions(content: maps[0], style: maps[1])
    guard !regions.matched.isEmpty else {
      throw GanError.input(
        "no region has the same colour as one in \(labels.style.shown)", at: labels.content,
        help: "mark what belongs together with one colour in both maps")
    }
    let all = maps[0].labelCount, count = regions.matched.count
    console.notice(
      "\(count) of \(counted(all, "region")) of \(labels.content.shown) \(count == 1 ? "has a" : "have") "
        + "\(count == 1 ? "counterpart" : "counterparts") in \(labels.style.shown)")
    return regions
  }

  private static func checkMemory(_ stylization: Stylization, _ pictures: [Picture], _ path: FilePath) throws {
    let sizes = pictures.map { PictureSize(width: $0.width, height: $0.height) }
    let need = try stylization.bytes(content: sizes[0], style: sizes[1])
    guard let available = MemoryLimits.available, need > available else { return }
    throw GanError.environment(
      "stylizing \(sizes[0].width)x\(sizes[0].height) pixels needs about \(gibibytes(need)) of memory, "
        + "\(gibibytes(available)) are available", at: path,
      help: "scale the photos down with --size, or use a machine with more memory")
  }
}
