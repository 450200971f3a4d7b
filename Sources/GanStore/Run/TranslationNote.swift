import Foundation
import GanBase

/// What `translate` notes in each folder that it writes results to: one record for each translation whose results are
/// still there.
package struct TranslationNote: Equatable, Sendable {
  /// Not shown by the listing of pictures, nor by `ls`.
  package static let fileName = ".ganctl-translation.json"
  /// Names of some hundreds of thousands of pictures.
  private static let limit = 1 << 26

  package private(set) var records: [TranslationRecord] = []

  package init() {}

  /// What was noted in a folder; nil if there is no note that can be read.
  package init?(in folder: FilePath) {
    guard let bytes = try? InputFile(folder.appending(Self.fileName), .input).content(limit: Self.limit),
      let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
    else { return nil }
    // Earlier versions wrote one record for the whole folder.
    records = (json["translations"]?.array ?? [json]).compactMap(TranslationRecord.init)
    if records.isEmpty { return nil }
  }

  /// Adds what is new to a folder: its results are no longer those of other translations.
  package mutating func add(_ record: TranslationRecord) {
    var record = record
    if let index = records.firstIndex(where: record.belongsTogether) {
      let other = records.remove(at: index)
      record.inputs = other.inputs.filter { !record.inputs.contains($0) } + record.inputs
      record.results = other.results.flatMap { names in record.results?.union(names) }
    }
    records = records.compactMap { other in
      guard let new = record.results, var names = other.results else { return nil }
      names.subtract(new)
      var rest = other
      rest.results = names
      return names.isEmpty ? nil : rest
    }
    records.append(record)
  }

  /// Adds a record to the note of a folder, which is made if need be.
  /// - Throws: `GanError` (environment) if it cannot be written.
  package static func add(_ record: TranslationRecord, in folder: FilePath) throws {
    var note = TranslationNote(in: folder) ?? TranslationNote()
    note.add(record)
    let json: JSONValue = ["translations": .array(note.records.map(\.json))]
    try AtomicFile.write(json.encoded + "\n", to: folder.appending(fileName))
  }

  /// The subfolders with notes of their own, as those of the domains are.
  package static func subfolders(of folder: FilePath) -> [FilePath] {
    folder.names.map { folder.appending($0) }.filter { TranslationNote(in: $0) != nil }
  }

  /// What a folder's results belong to.
  /// - Parameter run: the run whose results are meant if there are also others; nil for any.
  /// - Throws: `GanError` (usage) if results of several translations lie there, and no run tells which are meant.
  package func record(of run: FilePath?, in folder: FilePath) throws -> TranslationRecord? {
    let origin = run.map { TranslationRecord(checkpoint: $0, side: .a, inputs: []).origin }
    let ofRun = origin.map { origin in records.filter { $0.origin == origin } } ?? []
    let meant = ofRun.isEmpty ? records : ofRun
    guard let first = meant.first else { return nil }
    // Where a run was named, its pictures are the real ones, whatever made the results.
    guard meant.allSatisfy({ $0.side == first.side && (run != nil || $0.origin == first.origin) }) else {
      let list = meant.map { "\($0.results.map { "\($0.count) to " } ?? "")\($0.side) by \($0.origin.shown)" }
      let isOneRun = meant.allSatisfy { $0.origin == first.origin }
      throw GanError.usage(
        "holds results of several translations: \(list.joined(separator: "; "))", at: folder,
        help: isOneRun
          ? "translate to each side, domain or choice of attributes into a folder of its own"
          : "name one of the runs with --run, or translate with each into a folder of its own")
    }
    return meant.dropFirst().reduce(into: first) { all, other in
      all.inputs += other.inputs
      all.results = all.results.flatMap { names in other.results?.union(names) }
    }
  }
}
