import Foundation
import GanBase
import GanImage
import GanMetrics
import GanStore
import GanTensor

/// Translates the pictures of a plan, and compares the results with their targets, if any.
package final class FolderTranslation {
  /// One translation of a picture.
  package struct Result: Sendable {
    package let item: TranslationPlan.Item
    package let output: FilePath
    package let size: PictureSize
    /// nil if there are no targets.
    package let scores: PairedScores?
  }

  /// The progress of one large picture through its networks.
  package struct LayersDone: Sendable {
    package let count: Int
    package let of: Int
  }

  package static let sheetRows = 12
  private static let sheetSide = 512
  /// The most results of one picture that a sheet shows.
  private static let sheetSamples = 10

  private let plan: TranslationPlan
  private let targets: TranslationTargets
  private let translator: PictureTranslator
  private let destination: TranslationRequest.Destination?
  private let masks: TranslationMasks
  /// The path of the sheet; nil if none is requested.
  private let sheetPath: FilePath?

  package private(set) var results: [Result] = []
  /// The number of pictures that turned out damaged.
  package private(set) var failures = 0
  private typealias Row = (name: String, pictures: [Picture?])
  private var rows: [Row] = []
  /// The number of layers for one picture, once known.
  private var layers: Int?
  /// Folders whose record has been written.
  private var recorded: Set<FilePath> = []
  private var recordFailure: (any Error)?
  private let outputs: OutputGuard

  /// - Parameters:
  ///   - destination: the target of each picture, if it differs from the translator's.
  ///   - masks: of the pictures, for models that translate them too.
  /// - Throws: `GanError`: (usage) if a result would overwrite an input or two results have the same path,
  ///   (environment) if results cannot be written.
  package init(
    _ plan: TranslationPlan, _ targets: TranslationTargets, _ translator: PictureTranslator,
    _ destination: TranslationRequest.Destination? = nil, masks: TranslationMasks = .none
  ) throws {
    let plan = plan.with(masks)
    self.masks = masks
    (self.plan, self.targets, self.translator, self.destination) = (plan, targets, translator, destination)
    sheetPath = try plan.sheet()
    var outputs = plan.inputGuard
    for path in targets.paths { outputs.protect(path, "a target") }
    for path in masks.all { outputs.protect(path, "a mask") }
    for path in translator.options.styles?.files ?? [] { outputs.protect(path, "the style") }
    outputs.protect(checkpoint: translator.path)
    self.outputs = outputs
    try plan.checkOutputs(outputs)
  }

  /// The pictures that enter the network at more than twice the height and width of the training pictures. There is none
  /// for models that enlarge pictures, which are trained on small parts of pictures.
  package func farLarger(than side: Int) -> (count: Int, largest: PictureSize)? {
    guard translator.enlargement == 1 else { return nil }
    let sizes = plan.items.map { translator.scaledSize(targets.inputSize($0)) }
      .filter { min($0.width, $0.height) > 2 * side }
    return sizes.max { $0.pixels < $1.pixels }.map { (sizes.count, $0) }
  }

  /// Writes the styles shared by all pictures.
  /// - Throws: `GanError`: (usage) if there are no such styles or the file must not be overwritten, (environment) if
  ///   it cannot be written.
  package func saveStyles(to path: FilePath) throws {
    try outputs.check(path, option: "--save-styles")
    try translator.saveStyles(to: path)
  }

  /// - Returns: a sentence about scratch files, if the largest picture needs them.
  /// - Throws: `GanError` (environment) if a picture is too large for the available memory.
  package func checkMemory() throws -> String? {
    let largest = plan.items.max { targets.inputSize($0).pixels < targets.inputSize($1).pixels }
    return try largest.flatMap { try translator.checkMemory(for: targets.inputSize($0), at: $0.input) }
  }

  /// Translates all pictures. Small ones are translated in parallel, each by one thread, because their layers are too
  /// small to keep all threads busy. Results do not depend on this.
  /// - Parameters:
  ///   - failed: called with the error for each damaged picture; the others are still translated.
  ///   - advanced: called with the number of pictures done, and with the progress through a large picture.
  ///   - shouldStop: called before each picture.
  ///   All three are called in the order of the pictures, one at a time, on any thread.
  /// - Throws: `GanError` for errors that affect all pictures: (environment) for a full disk, (checkpoint) for a model
  ///   whose output is not finite.
  package func run(
    failed: (GanError) -> Void, advanced: @escaping (Int, _ layers: LayersDone?) -> Void, shouldStop: () -> Bool
  ) throws {
    let sheetIndices = sheetPath == nil ? [] : Self.spread(Self.sheetRows, over: plan.items.count)
    let outcomes = InOrder<Outcome>(plan.items.count)
    func work(_ index: Int, isOneOfMany: Bool = false) {
      guard outcomes.goesOn({ !shouldStop() }) else { return }
      let outcome = self.outcome(
        plan.items[index], isOnSheet: sheetIndices.contains(index), isOneOfMany: isOneOfMany)
      outcomes.finish(index, outcome, isLast: outcome.isFatal) { done, outcome in
        if let error = note(outcome) { failed(error) }
        advanced(done, nil)
      }
    }
    advanced(0, nil)
    var next = 0
    while next < plan.items.count {
      let group = groupSize(from: next)
      if group > 1 {
        ThreadPool.shared.run(group) { work(next + $0, isOneOfMany: true) }
      } else {
        let before = next
        if let all = layers(for: targets.inputSize(plan.items[next])) {
          LayerWatch.watching({ advanced(before, LayersDone(count: min($0, all), of: all)) }) { work(next) }
        } else {
          work(next)
        }
      }
      next += group
    }
    // Other threads may have finished pictures after one that was never begun.
    for outcome in outcomes.rest { _ = note(outcome) }
    if let error = recordFailure { throw error }
    if let error = outcomes.all.lazy.compactMap(\.fatalError).first { throw error }
    try writeSheet()
  }

  /// The number of convolutions for a picture; nil for pictures that are too small to show progress.
  private func layers(for size: PictureSize) -> Int? {
    if let layers { return layers }
    layers = translator.layers(for: size)
    return layers
  }

  /// How many pictures, starting with `first`, to translate in parallel: the same number for each thread if the memory
  /// allows; else 1, by all threads.
  private func groupSize(from first: Int) -> Int {
    let threads = ThreadPool.shared.threads, count = plan.items.count - first
    guard threads > 1, count >= threads else { return 1 }
    let sizes = plan.items[first...].lazy.map { self.targets.inputSize($0) }
    guard let largest = sizes.max(by: { $0.pixels < $1.pixels }) else { return 1 }
    return translator.hasMemory(for: threads, of: largest) ? count - count % threads : 1
  }

  /// The outcome for one picture of the plan.
  private enum Outcome {
    case made([Result], row: Row?)
    case damaged(GanError)
    case impossible(any Error)

    var fatalError: (any Error)? { if case .impossible(let error) = self { error } else { nil } }
    var isFatal: Bool { fatalError != nil }
  }

  private func outcome(_ item: TranslationPlan.Item, isOnSheet: Bool, isOneOfMany: Bool) -> Outcome {
    do {
      let (results, row) = try translate(item, isOnSheet: isOnSheet, isOneOfMany: isOneOfMany)
      return .made(results, row: row)
    } catch let error as GanError where error.code == .input {
      return .damaged(error)
    } catch {
      return .impossible(error)
    }
  }

  /// - Returns: the error of a damaged picture.
  private func note(_ outcome: Outcome) -> GanError? {
    switch outcome {
    case .made(let made, let row):
      results += made
      if let place = made.first?.item.place { leaveRecord(in: place) }
      if let row { rows.append(row) }
    case .damaged(let error):
      failures += 1
      return error
    case .impossible: break
    }
    return nil
  }

  private func translate(
    _ item: TranslationPlan.Item, isOnSheet: Bool, isOneOfMany: Bool
  ) throws -> ([Result], Row?) {
    let place = targets.place(item)
    let (input, target) = try read(item, place)
    let boxes = try translator.options.boxes?.boxes(of: item.input, in: item.folder, item.size) ?? []
    let made = try translator.translations(
      of: input, name: item.title, to: destination?.target(of: item), from: destination?.origin(of: item),
      masks: masks.read(item), boxes: boxes.map(\.box), isOneOfMany: isOneOfMany)
    let outputs = made.map(\.picture), reconstructions = made.compactMap(\.reconstruction)
    let results = try zip(outputs, item.outputs).map { output, path in
      let scores = try target.map { try PairedScores(output, $0, at: place?.path) }
      try OutputFile.makeParent(of: path)
      try PictureFile.writePNG(output, to: path)
      let size = PictureSize(width: output.width, height: output.height)
      return Result(item: item, output: path, size: size, scores: scores)
    }
    let further = zip(reconstructions, item.reconstructions).map { ($0, $1) }
    for (picture, path) in further + zip(made.flatMap(\.masks), item.maskOutputs).map({ ($0, $1) }) {
      try OutputFile.makeParent(of: path)
      try PictureFile.writePNG(picture, to: path)
    }
    guard isOnSheet else { return (results, nil) }
    let last = reconstructions.prefix(1) + (target.map { [$0] } ?? [])
    let pictures = try [translator.prepared(input)] + outputs.prefix(Self.sheetSamples) + last
    return (results, (item.name.shown, try pictures.map { try $0.fitting(Self.sheetSide) }))
  }

  /// The picture, and its target in the size and channels of the result.
  private func read(
    _ item: TranslationPlan.Item, _ place: TranslationTargets.Place?
  ) throws -> (input: Picture, target: Picture?) {
    let channels = translator.channels
    let file = try PictureFile.read(item.input, channels: channels.input)
    let input = file.part(targets.inputPart)
    guard let place else { return (input, nil) }
    let isSameRead = place.path == item.input && channels.input == channels.output
    let other = isSameRead ? file : try PictureFile.read(place.path, channels: channels.output)
    let target = try other.part(place.part).resized(width: place.size.width, height: place.size.height)
    return (input, try translator.prepared(target: target))
  }

  // MARK: Records

  /// Records in a folder where its results come from. Done with the first result, so that it survives interruptions.
  private func leaveRecord(in place: ResultPlace) {
    let folders = place.folders
    guard recorded.insert(folders.results).inserted else { return }
    let items = plan.items.filter { $0.place.folders.results == folders.results }
    func note(_ side: TranslationRecord.Side, _ results: [FilePath], in folder: FilePath) throws {
      let names = Set(results.map { $0.relative(to: folder).shown })
      let inputs = place.isFolder ? plan.inputs : items.map(\.input)
      try TranslationNote.add(
        TranslationRecord(checkpoint: translator.path, side: side, inputs: inputs, results: names), in: folder)
    }
    do {
      try note(side, items.flatMap(\.outputs), in: folders.results)
      if translator.reconstructs, let folder = folders.reconstructions, let origin = side.opposite ?? origin(of: items)
      {
        try note(origin, items.flatMap(\.reconstructions), in: folder)
      }
    } catch {
      recordFailure = error
    }
  }

  /// The side, domain or attributes that the results belong to.
  private var side: TranslationRecord.Side {
    switch destination?.target ?? translator.target {
    case .aToB: .b
    case .bToA: .a
    case .domain(let name): .domain(name)
    case .attributes: .attributes(destination?.attributes ?? [:])
    }
  }

  /// The domain that all these pictures are from; nil if there is no such domain.
  private func origin(of items: [TranslationPlan.Item]) -> TranslationRecord.Side? {
    let origins = Set(items.compactMap { destination?.origin(of: $0) })
    guard origins.count == 1, case .domain(let name)? = origins.first else { return nil }
    return .domain(name)
  }

  // MARK: Sheet

  private static func spread(_ rows: Int, over count: Int) -> Set<Int> {
    let rows = min(rows, count)
    return Set((0..<rows).map { $0 * count / rows })
  }

  private func writeSheet() throws {
    guard let sheetPath, !rows.isEmpty else { return }
    let further = (translator.reconstructs ? ["again"] : []) + (targets.compares ? ["target"] : [])
    let samples = rows[0].pictures.count - 1 - further.count
    let outputs = samples == 1 ? ["output"] : (1...samples).map { "output \($0)" }
    let labels = ["input"] + outputs + further
    let sheet = PictureGrid(rows.map(\.pictures), columnLabels: labels, rowLabels: rows.map(\.name))
    try OutputFile.makeParent(of: sheetPath)
    try PictureFile.writePNG(try sheet.rendered(), to: sheetPath)
  }

  // MARK: Means

  /// Mean scores; nil if nothing was compared.
  package var meanScores: MeanPairedScores? {
    var mean = MeanPairedScores()
    for scores in results.compactMap(\.scores) { mean.add(scores) }
    return mean.count == 0 ? nil : mean
  }
}

extension PictureSize {
  fileprivate var pixels: Int { width * height }
}

extension Picture {
  /// A copy scaled down so that no side is longer than `side`.
  fileprivate func fitting(_ side: Int) throws -> Picture {
    let longest = max(width, height)
    guard longest > side else { return self }
    return try resized(width: max(1, width * side / longest), height: max(1, height * side / longest))
  }
}
