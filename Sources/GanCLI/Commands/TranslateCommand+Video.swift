import GanBase
import GanImage
import GanModels
import GanStore
import GanTensor
import GanTrain
import GanTranslate

extension TranslateCommand {
  /// Options that are for pictures.
  private static let ofPictures = [
    "--aligned", "--compare", "--grid", "--json", "--reconstruct", "--samples", "--samples-per-picture",
    "--save-styles", "--attributes", "--restore-size", "--boxes", "--masks",
  ]

  /// Translates a video frame by frame.
  static func translate(
    video path: FilePath, _ request: TranslationRequest, _ options: TranslationOptions, _ checkpoint: FilePath?,
    threads: Int?, _ arguments: ParsedArguments, _ console: Console
  ) throws -> Int32 {
    guard arguments.operandPaths("INPUT").count == 1 else {
      throw GanError.usage("a video is translated by itself", at: path, help: "give no other INPUT")
    }
    if let option = ofPictures.first(where: arguments.flag) {
      throw GanError.usage("option \(option) is for pictures, not for videos", at: path)
    }
    let output = try output(of: path, arguments)
    let video = try Video(path)
    try console.startEngine(threads: threads)
    Precision.use(try arguments.precision(console))
    let trained = try TrainedModel(
      checkpoint: CheckpointLocator.resolve(checkpoint), weights: arguments.weights(), loadingAll: false)
    var options = options
    let destinations = try request.destinations(trained, nil)
    guard destinations.count == 1 else {
      throw GanError.usage("a video goes to one domain", help: "give --domain NAME")
    }
    options.target = destinations[0].target
    // One style for all frames.
    if Registry.multimodalNames.contains(trained.info.name), options.styles == nil { options.styles = .drawn(1) }
    let translator = try PictureTranslator(trained, options)
    console.notice("\(trained.info.title), \(translator.target.name): \(trained.path)")
    if let text = try translator.checkMemory(for: video.size, at: path) { console.notice(text) }
    Signals.install(grace: 1.5)
    let display = TranslationDisplay(console, pictures: video.frames ?? 0)
    var done = 0
    display.show(0, nil)
    let all = ThreadPool.shared.threads, parallel = translator.hasMemory(for: all, of: video.size) ? all : 1
    let count = try video.translate(to: output, parallel: parallel) { frames in
      let results = try translator.translate(frames: frames)
      done += frames.count
      display.show(done, nil)
      return results
    } shouldStop: {
      Signals.pending != nil
    }
    console.endProgress()
    guard let count else {
      console.notice("interrupted after \(counted(done, "frame")); nothing was written")
      return 128 + (Signals.pending ?? 2)
    }
    console.notice("\(counted(count, "frame")) in \(Format.duration(display.seconds)) -> \(output.shown)")
    if !arguments.flag("--output") { console.result(output.shown) }
    return ExitCode.ok.rawValue
  }

  private static func output(of video: FilePath, _ arguments: ParsedArguments) throws -> FilePath {
    guard let output = arguments.path("--output") else {
      return video.parent.appending("\(video.name.withoutEnding.shown)_translated.\(video.ending)")
    }
    let file = output.isFolder ? output.appending(video.name.string) : output
    guard Video.isNamed(file) else {
      throw GanError.usage(
        "is no name of a video", at: file, help: "name a file such as out.mp4, or a folder that exists")
    }
    var inputs = OutputGuard()
    inputs.protect(video, "the input")
    try inputs.check(file, option: "--output")
    return file
  }
}
