import Foundation
import GanBase
import GanImage
import GanMetrics
import GanStore
import GanTensor

/// Translates the pictures of a plan and compares them with their targets where there are any.
package final class FolderTranslation {
  /// One translation of a picture.
  package struct Result: Sendable {
    package let item: TranslationPlan.Item
    package let output: FilePath
    package let size: PictureSize
    /// nil where nothing is compared.
    package let scores: PairedScores?
  }

  /// How far a picture is in its networks.
  package struct LayersDone: Sendable {
    package let count: Int
    package let of: Int
  }

  package static let sheetRows = 12
  private static let sheetSide = 512
  /// Of one picture.
  private static let sheetSamples = 10

  private let plan: TranslationPlan
  private let targets: TranslationTargets
  private let translator: PictureTranslator
  private let destination: TranslationRequest.Destination?
  /// Where the sheet goes, if one is wanted.
  private let sheetPath: FilePath?

  package private(set) var results: [Result] = []
  /// Pictures that turned out damaged.
  package private(set) var failures = 0
  private typealias Row = (name: String, pictures: [Picture?])
  private var rows: [Row] = []
  /// Of one picture, once known.
  private var layers: Int?
  /// Folders that have their note.
  private var recorded: Set<FilePath> = []
  private var recordFailure: (any Error)?
  private let outputs: OutputGuard

  /// - Parameter destination: where each picture leads, if not where the translator does.
  /// - Throws: `GanError`: (usage) where a result would overwrite an input, or be written twice; (environment) where
  ///   results cannot be written.
  package init(
    _ plan: TranslationPlan, _ targets: TranslationTargets, _ translator: PictureTranslator,
    _ destination: TranslationRequest.Destination? = nil
  ) throws {
    (self.plan, self.targets, self.translator, self.destination) = (plan, targets, translator, destination)
    sheetPath = try plan.sheet()
    var outputs = plan.inputGuard
    for path in targets.paths { outputs.protect(path, "a target") }
    for path in translator.options.styles?.files ?? [] { outputs.protect(path, "the style") }
    outputs.protect(checkpoint: translator.path)
    self.outputs = outputs
    try plan.checkOutputs(outputs)
  }

  /// The pictures that are more than twice as high and wide, in the network, as those that the model was trained on.
  package func farLarger(than side: Int) -> (count: Int, largest: PictureSize)? {
    let sizes = plan.items.map { translator.scaledSize(targets.inputSize($0)) }
      .filter { min($0.width, $0.height) > 2 * side }
    return sizes.max { $0.pixels < $1.pixels }.map { (sizes.count, $0) }
  }

  /// - Throws: `GanError`: (usage) where there are no styles that all pictures get, or the file must stay,
  ///   (environment) where it cannot be written.
  package func saveStyles(to path: FilePath) throws {
    try outputs.check(path, option: "--save-styles")
    try translator.saveStyles(to: path)
  }

  /// - Throws: `GanError` (environment) where a picture is too large for the memory.
  package func checkMemory() throws {
    let largest = plan.items.max { targets.inputSize($0).pixels < targets.inputSize($1).pixels }
    if let largest { try translator.checkMemory(for: targets.inputSize(largest), at: largest.input) }
  }

  /// Small pictures are translated several at a time, each by one thread, which keeps all threads busy where a network's
  /// layers are too small for that. No result depends on it.
  /// - Parameters:
  ///   - failed: sees the error for each picture that turned out damaged; the others are translated nevertheless.
  ///   - advanced: called with the number of pictures done, and while a large one is translated with how far it is.
  ///   - shouldStop: asked before each picture.
  ///   All three are called in the order of the pictures, one at a time, though on any thread.
  /// - Throws: `GanError` where going on makes no sense: (environment) for a full disk, (checkpoint) for a model that
  ///   gives no numbers.
  package func run(
    failed: (GanError) -> Void, advanced: @escaping (Int, _ layers: LayersDone?) -> Void, shouldStop: () -> Bool
  ) throws {
    let sheetIndices = sheetPath == nil ? [] : Self.spread(Self.sheetRows, over: plan.items.count)
    let outcomes = InOrder<Outcome>(plan.items.count)
    func work(_ index: Int) {
      guard outcomes.goesOn({ !shouldStop() }) else { return }
      let outcome = self.outcome(plan.items[index], isOnSheet: sheetIndices.contains(index))
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
        ThreadPool.shared.run(group) { work(next + $0) }
      } else {
        let size = targets.inputSize(plan.items[next]), before = next
        translator.measuringMemory(for: size) {
          guard let all = layers(for: size) else { return work(next) }
          LayerWatch.watching({ advanced(before, LayersDone(count: min($0, all), of: all)) }) { work(next) }
        }
      }
      next += group
    }
    // Others may have gone on beyond a picture that was not begun any more.
    for outcome in outcomes.rest { _ = note(outcome) }
    if let error = recordFailure { throw error }
    if let error = outcomes.all.lazy.compactMap(\.fatalError).first { throw error }
    try writeSheet()
  }

  /// How many convolutions a picture takes; nil where it is too small for anybody to wait.
  private func layers(for size: PictureSize) -> Int? {
    if let layers { return layers }
    layers = translator.layers(for: size)
    return layers
  }

  /// How many pictures, from one on, to translate at the same time: as many for each thread, if the memory allows
  /// that; else 1, by all threads.
  private func groupSize(from first: Int) -> Int {
    let threads = ThreadPool.shared.threads, count = plan.items.count - first
    guard threads > 1, count >= threads else { return 1 }
    let sizes = plan.items[first...].lazy.map { self.targets.inputSize($0) }
    guard let largest = sizes.max(by: { $0.pixels < $1.pixels }) else { return 1 }
    return translator.hasMemory(for: threads, of: largest) ? count - count % threads : 1
  }

  /// What became of one picture of the plan.
  private enum Outcome {
    case made([Result], row: Row?)
    case damaged(GanError)
    case impossible(any Error)

    var fatalError: (any Error)? { if case .impossible(let error) = self { error } else { nil } }
    var isFatal: Bool { fatalError != nil }
  }

  private func outcome(_ item: TranslationPlan.Item, isOnSheet: Bool) -> Outcome {
    do {
      let (results, row) = try translate(item, isOnSheet: isOnSheet)
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

  private func translate(_ item: TranslationPlan.Item, isOnSheet: Bool) throws -> ([Result], Row?) {
    let place = targets.place(item)
    let (input, target) = try read(item, place)
    let made = try translator.translations(
      of: input, name: item.title, to: destination?.target(of: item))
    let outputs = made.map(\.picture), reconstructions = made.compactMap(\.reconstruction)
    let results = try zip(outputs, item.outputs).map { output, path in
      let scores = try target.map { try PairedScores(output, $0, at: place?.path) }
      try OutputFile.makeParent(of: path)
      try PictureFile.writePNG(output, to: path)
      let size = PictureSize(width: output.width, height: output.height)
      return Result(item: item, output: path, size: size, scores: scores)
    }
    for (picture, path) in zip(reconstructions, item.reconstructions) {
      try OutputFile.makeParent(of: path)
      try PictureFile.writePNG(picture, to: path)
    }
    guard isOnSheet else { return (results, nil) }
    let further = reconstructions.prefix(1) + (target.map { [$0] } ?? [])
    let pictures = try [translator.prepared(input)] + outputs.prefix(Self.sheetSamples) + further
    return (results, (item.name.shown, try pictures.map { try $0.fitting(Self.sheetSide) }))
  }

  /// The picture, and the target as the result will be: in its size and channels.
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
    return (input, try translator.prepared(target))
  }

  // MARK: Records

  /// Notes in a folder of results where they come from, at the first of them: who is interrupted has the note too.
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
      if translator.reconstructs, let folder = folders.reconstructions, let opposite = side.opposite {
        try note(opposite, items.flatMap(\.reconstructions), in: folder)
      }
    } catch {
      recordFailure = error
    }
  }

  /// To what the results belong.
  private var side: TranslationRecord.Side {
    switch destination?.target ?? translator.target {
    case .aToB: .b
    case .bToA: .a
    case .domain(let name): .domain(name)
    case .attributes: .attributes(destination?.attributes ?? [:])
    }
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

  /// nil where nothing was compared.
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
  /// Scaled down, if need be, until no side is longer than `side`.
  fileprivate func fitting(_ side: Int) throws -> Picture {
    let longest = max(width, height)
    guard longest > side else { return self }
    return try resized(width: max(1, width * side / longest), height: max(1, height * side / longest))
  }
}
