import Foundation
import GanBase
import GanConfig
import GanData
import GanImage
import GanModels
import GanStore
import GanWeights

/// The real pictures to compare a folder of translations with: validation or test pictures of a run, from the side or
/// domain of the translations.
package struct RealPictures {
  package let places: [PicturePlace]
  /// A description such as `data/val (right halves)`.
  package let title: String
  /// Why these were chosen, such as `the validation pictures of side B of runs/mine, which made the results`.
  package let reason: String
  /// The results among the pictures in the folder, by their displayed paths relative to it; nil for all.
  package let results: Set<String>?
  /// A message for each folder of real pictures in which other files were skipped.
  package let skipped: [String]

  /// - Parameters:
  ///   - results: the folder of translations; the record that `translate` left in it names run and side.
  ///   - run: a run or checkpoint that the user named; nil: the one in the record, or the newest.
  /// - Throws: `GanError`: (usage) if no run has such pictures, (input) if they do not exist.
  package init(for results: FilePath, run: FilePath?) throws {
    let note = TranslationNote(in: results)
    if note == nil, let first = TranslationNote.subfolders(of: results).first {
      throw GanError.usage(
        "holds the results of several domains", at: results,
        help: "measure one of them: ganctl eval-fid \(first.shown)")
    }
    let named = try run.map { try CheckpointLocator.resolve($0) }
    let record = try note?.record(of: named, in: results)
    let (checkpoint, why) = try Self.checkpoint(record, named)
    let configuration = try Self.configuration(checkpoint)
    let data = try Self.pictures(configuration, inputs: record?.inputs ?? [], checkpoint)
    let side = try record?.side ?? Self.usualSide(configuration, results)
    let (found, whose) = try Self.places(data, side)
    let places = Self.withoutResults(found)
    guard let common = FilePath.commonFolder(of: places.map(\.path)) else {
      throw Self.unknown("the run has no pictures of \(whose) besides those it trains on", at: checkpoint)
    }
    (self.places, self.results, skipped) = (places, record?.results, data.skipped)
    let part = places[0].part
    title = common.shown + (part == .whole ? "" : part == .left ? " (left halves)" : " (right halves)")
    let phase = data.request.options.phase
    let kind = ["val", configuration.data.phase].contains(phase) ? "validation" : phase
    reason = "the \(kind) pictures of \(whose) of \(Self.name(of: checkpoint)), \(why)"
  }

  // MARK: Run

  private static func checkpoint(_ record: TranslationRecord?, _ named: FilePath?) throws -> (FilePath, why: String) {
    if let named { return (named, "which was named") }
    if let recorded = record?.checkpoint {
      if recorded.isFile { return (recorded, "which made the results") }
      // The checkpoint may have been removed since, but the run is still there.
      let folder = recorded.parent.parent
      if RunFolder.isRun(folder), let latest = try? CheckpointLocator.resolve(folder) {
        return (latest, "which made the results")
      }
    }
    do {
      return (try CheckpointLocator.resolve(nil), "the newest run")
    } catch let error as GanError {
      throw GanError(
        .usage, "operand REAL is missing, and no run can supply the real pictures: \(error.diagnostics[0].message)",
        help: "give the folder of the real pictures, or the run with --run; or --stats OUT.npz to write the "
          + "statistics of one folder")
    }
  }

  /// The run's folder; the checkpoint itself if it is not in a run.
  private static func name(of checkpoint: FilePath) -> String {
    let run = checkpoint.parent.parent
    return (RunFolder.isRun(run) ? run : checkpoint).shown
  }

  private static func unknown(_ message: String, at checkpoint: FilePath) -> GanError {
    .usage(message, at: checkpoint, help: "give the folder of the real pictures: ganctl eval-fid GENERATED REAL")
  }

  // MARK: Pictures

  private static func configuration(_ checkpoint: FilePath) throws -> TrainingConfiguration {
    let text = try CheckpointFile(path: checkpoint).text(ModelMetadata.config)
    do {
      var document = try ConfigDocument(text: text, name: checkpoint.shown)
      return try TrainingConfiguration(&document)
    } catch let error as GanError {
      throw unknown("its configuration does not name any pictures (\(error.diagnostics[0].message))", at: checkpoint)
    }
  }

  /// The pictures of the inputs' phase; else the run's validation pictures, which for an attribute list are the
  /// held-out ones.
  private static func pictures(
    _ configuration: TrainingConfiguration, inputs: [FilePath], _ checkpoint: FilePath
  ) throws -> DataSet {
    let info = configuration.model.configured.info
    guard let mode = configuration.data.mode(for: info.data) else {
      throw GanError(.bug, "no data mode for \(info.name)")
    }
    func dataSet(_ options: DataOptions) throws -> DataSet? {
      var training = DataRequest(options, mode)
      training.options.most = nil
      return try training.validation.map { try DataSet($0, testing: true) }
    }
    if configuration.data.validation == nil, configuration.data.validationFolderA == nil, mode != .attributes {
      let inputs = inputs.compactMap(\.resolved)
      for phase in ["val", "test"] where phase != configuration.data.phase {
        var options = configuration.data
        options.validation = phase
        if mode == .domains, let root = options.root, !FilePath(root).appending(phase).isFolder { continue }
        guard let found = try? dataSet(options) else { continue }
        let isMeant = found.paths.contains { path in
          path.resolved.map { path in inputs.contains { path.starts(with: $0) } } == true
        }
        if isMeant { return found }
      }
    }
    if let root = configuration.data.root, !FilePath(root).isFolder {
      throw GanError.input(
        "the run's data folder does not exist", at: FilePath(root),
        help: "its path is relative to the folder where the run was trained: go there, or give the folder of the real "
          + "pictures: ganctl eval-fid GENERATED REAL")
    }
    guard let found = try dataSet(configuration.data) else {
      throw unknown("the run has no validation or test pictures", at: checkpoint)
    }
    return found
  }

  /// Drops pictures that are results of `translate`, such as those of single files, written beside their inputs.
  private static func withoutResults(_ places: [PicturePlace]) -> [PicturePlace] {
    var results: [FilePath: Set<String>] = [:]
    return places.filter { place in
      let folder = place.path.parent
      let names = results[folder] ?? Set((TranslationNote(in: folder)?.records ?? []).flatMap { $0.results ?? [] })
      results[folder] = names
      return !names.contains(place.path.shownName)
    }
  }

  private static func usualSide(
    _ configuration: TrainingConfiguration, _ results: FilePath
  ) throws -> TranslationRecord.Side {
    guard configuration.model.configured.info.data != .domains else {
      throw GanError.usage(
        "it is not known to which domain or attributes these pictures belong", at: results,
        help: "give the folder of the real pictures: ganctl eval-fid GENERATED REAL")
    }
    return .b
  }

  private static func places(
    _ data: DataSet, _ side: TranslationRecord.Side
  ) throws -> (places: [PicturePlace], description: String) {
    switch side {
    case .a: return (data.places(isB: data.request.options.direction == .bToA), side.description)
    case .b: return (data.places(isB: data.request.options.direction == .aToB), side.description)
    case .domain(let name): return (data.places(ofDomain: name), side.description)
    case .attributes(let wanted): return (data.places(withAttributes: wanted), side.description)
    }
  }
}

extension FilePath {
  /// The innermost folder that holds all these files; nil if there are none.
  fileprivate static func commonFolder(of paths: [FilePath]) -> FilePath? {
    guard var common = paths.first?.parent else { return nil }
    for path in paths {
      while !path.parent.starts(with: common), !common.isEmpty, common.parent != common { common.removeLastComponent() }
    }
    return common.isEmpty ? "." : common
  }
}
