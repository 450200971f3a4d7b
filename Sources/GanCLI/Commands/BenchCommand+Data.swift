import GanBase
import GanConfig
import GanData
import GanStore
import GanTrain

extension BenchCommand {
  /// The most items whose pictures one measurement takes.
  private static let itemsOfMeasurement = 256
  private static let usualSize = 128
  /// As of 286 and 256 pixels, the usual sizes before and after the crop.
  private static let loadShare = 286.0 / 256

  /// `ganctl bench data`: reads pictures as training does.
  static func benchData(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let steps = try arguments.integer("--steps", in: 1...100_000) ?? 5
    let threads = try arguments.integer("--threads", in: 1...1024) ?? 1
    let data = try data(arguments)
    try context.console.startEngine(threads: threads)
    _ = try data.loadingTimes(ofFirst: itemsOfMeasurement)
    let times = try (0..<steps).map { _ in try data.loadingTimes(ofFirst: itemsOfMeasurement) }
    let loader = try LoaderSpeed(data, threads: threads, pictures: times[0].pictures * steps)
    var report = BenchReport()
    report.add("pictures", .integer(times[0].pictures))
    report.add("source", .string(data.source))
    report.add("steps", .integer(steps))
    let stages: [(String, (LoadingTimes) -> Double)] = [
      ("decode", \.decode), ("resize", \.resize), ("augment", \.augment), ("to_tensor", \.toTensor), ("all", \.all),
    ]
    let medians = stages.map { key, seconds in
      (key, median(times.map { seconds($0) / Double($0.pictures) }.sorted()))
    }
    report.add("microseconds", .object(medians.map { ($0, .number(rounded($1 * 1e6))) }))
    report.add("per_second_and_core", .object(medians.map { ($0, .number(rounded(1 / $1))) }))
    report.add(
      "loader",
      .object([
        ("pictures", .integer(loader.pictures)), ("per_second", .number(rounded(loader.perSecond))),
        ("per_second_and_core", .number(rounded(loader.perSecondAndCore))),
      ]))
    report.show(on: context.console, asJSON: arguments.flag("--json"))
    return ExitCode.ok.rawValue
  }

  /// The data set of a configuration, or of a folder.
  private static func data(_ arguments: ParsedArguments) throws -> DataSet {
    guard let path = arguments.operandPath("PATH") else {
      throw GanError.usage(
        "bench data needs pictures", help: "name a folder of pictures, or a configuration: ganctl bench data PATH")
    }
    let overrides = arguments.list("--set") + (arguments.string("--batch").map { ["data.batch_size=\($0)"] } ?? [])
    _ = try arguments.integer("--batch", in: 1...65_536)
    if path.isFolder { return try folder(path, arguments, overrides) }
    guard !arguments.flag("--size") else {
      throw GanError.usage(
        "--size is for folders, and the configuration has the sizes", help: "use --set data.crop_size=S")
    }
    try ConfigurationFile.refuseModelName(path)
    var document = try ConfigDocument(file: path)
    for override in overrides { document.override(override) }
    return try TrainingConfiguration(&document).trainingPictures(document)
  }

  /// All pictures of a folder, one by one.
  private static func folder(_ path: FilePath, _ arguments: ParsedArguments, _ overrides: [String]) throws -> DataSet {
    var document = ConfigDocument(name: "bench")
    for override in overrides { document.override(override) }
    var options = document.decode(DataOptions.self, section: "data")
    try document.finish()
    options.root = path.string
    let size = try arguments.integer("--size", in: 1...16_384) ?? options.cropSize ?? usualSize
    options.cropSize = size
    options.loadSize = max(size, options.loadSize ?? Int((Double(size) * loadShare).rounded()))
    return try DataSet(DataRequest(options, .single))
  }
}

/// The speed of the loader that feeds training, with all that belongs to it.
private struct LoaderSpeed {
  private(set) var pictures = 0
  let perSecond: Double
  /// Per second of CPU time.
  let perSecondAndCore: Double

  /// - Parameter least: how many pictures to take at least.
  init(_ data: DataSet, threads: Int, pictures least: Int) throws {
    let loader = try Loader(data, ahead: Loader.usualAhead + threads, threads: threads)
    let cpu = CPUClock.process.seconds
    var count = 0
    let elapsed = try milliseconds {
      while count < least {
        let batch = try loader.next()
        count += batch.pathsA.count + batch.pathsB.count
      }
    }
    pictures = count
    perSecond = Double(count) / elapsed * 1e3
    perSecondAndCore = Double(count) / (CPUClock.process.seconds - cpu)
  }
}
