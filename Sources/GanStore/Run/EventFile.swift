import Foundation
import GanBase

/// The event file of a run for TensorBoard: every number of `log.jsonl`, and the sample sheets.
///
/// It repeats what the log says, so that a run which is resumed writes it anew from the lines that its log has kept, with
/// the times of the events that were there before. Nothing is doubled, and nothing that the log has is missing,
/// wherever the last process died.
package final class EventFile {
  /// `tfevents` in the name is what TensorBoard looks for. A fixed name, because a run has one such file.
  package static let fileName = "events.out.tfevents.0000000000.ganctl"

  private let path: FilePath
  private let descriptor: Int32

  /// Writes the file anew from the log and the sheets of a run, and opens it for more.
  /// - Parameter step: the last whose sheets stay; nil for none, because the run begins.
  /// - Throws: `GanError` (environment) if the disk refuses.
  package init(_ folder: RunFolder, through step: Int?) throws {
    path = folder.path.appending(Self.fileName)
    let times = EventRecord.times(of: path), now = Date().timeIntervalSince1970
    let lines = try RunLog.lines(of: folder.logPath)
    var sheets = step.map { step in folder.sampleSteps.filter { $0 <= step } }?[...] ?? []
    try AtomicFile.write(to: path) { writer in
      func add(_ record: EventRecord) throws { try record.framed.withUnsafeBytes { try writer.write($0) } }
      func addSheets(before step: Int) throws {
        while let next = sheets.first, next < step {
          sheets.removeFirst()
          guard let sheet = EventRecord.sheet(folder.samplePath(step: next)) else { continue }
          try add(EventRecord([sheet], step: next, at: times[next] ?? now))
        }
      }
      try add(.version(at: times[0] ?? now))
      for line in lines {
        guard let step = line["step"]?.integer else { continue }
        try addSheets(before: step)
        let values = EventRecord.scalars(of: line)
        if !values.isEmpty { try add(EventRecord(values, step: step, at: times[step] ?? now)) }
      }
      try addSheets(before: .max)
    }
    descriptor = path.withPlatformString { open($0, O_WRONLY | O_APPEND | O_CLOEXEC) }
    guard descriptor >= 0 else { throw systemError("cannot write", path) }
  }

  deinit { close(descriptor) }

  /// Adds the numbers of a line of the log.
  /// - Throws: `GanError` (environment) if the disk refuses.
  package func append(_ line: JSONValue) throws {
    guard let step = line["step"]?.integer else { return }
    try append(EventRecord.scalars(of: line), step: step)
  }

  /// Adds a sample sheet.
  /// - Throws: `GanError` (environment) if the disk refuses.
  package func append(sheet path: FilePath, step: Int) throws {
    if let sheet = EventRecord.sheet(path) { try append([sheet], step: step) }
  }

  /// Waits until all events are safely on disk.
  /// - Throws: `GanError` (environment) if the disk refuses.
  package func sync() throws {
    if fsync(descriptor) != 0, errno != EINVAL { throw systemError("cannot write", path) }
  }

  private func append(_ values: [ProtobufMessage], step: Int) throws {
    guard !values.isEmpty else { return }
    let record = EventRecord(values, step: step, at: Date().timeIntervalSince1970)
    try RunLog.appendWhole(record.framed, to: descriptor, path)
  }
}
