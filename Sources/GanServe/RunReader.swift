import GanBase
import GanReport
import GanStore
import GanTrain

/// Reads what runs' files say of them, for one client after the other: pages ask often, and logs may be large.
actor RunReader {
  private let runs: ServedRuns
  private var listing: (time: ContinuousClock.Instant, json: JSONValue)?
  /// Pages that ask within so short a time get the same answer.
  private static let freshness = Duration.seconds(1)

  /// The reports that were asked for last, the newest last.
  private var reports: [LiveReport] = []
  private static let mostReports = 3

  init(_ runs: ServedRuns) { self.runs = runs }

  /// The runs with their state: those that were given, then the others, the newest first.
  func list() -> JSONValue {
    if let listing, .now - listing.time < Self.freshness { return listing.json }
    let all = runs.list().map { (isGiven: $0.isGiven, json: Self.description($0)) }
    func changed(_ json: JSONValue) -> Double { json["changed"]?.number ?? 0 }
    let others = all.filter { !$0.isGiven }.map(\.json).sorted { changed($0) > changed($1) }
    let json: JSONValue = ["runs": .array(all.filter(\.isGiven).map(\.json) + others)]
    listing = (.now, json)
    return json
  }

  /// The sections of a run's report, and its state.
  /// - Parameter known: marks of sections that the client has already, which are not sent again.
  /// - Throws: `Refusal` if it is no run but a checkpoint; `GanError` (checkpoint) if the run cannot be read.
  func report(_ run: ServedRuns.Run, known: Set<String>) throws -> JSONValue {
    guard run.isFolder, case .object(let facts) = Self.description(run) else { throw Refusal.notFound }
    let report = try report(of: run.path)
    return .object(facts + [("parts", .array(report.parts.map { $0.json(known: known) }))])
  }

  private func report(of path: FilePath) throws -> LiveReport {
    let before = reports.firstIndex { $0.path == path }.map { reports.remove(at: $0) }
    let report = try before.flatMap { $0.isCurrent ? $0 : nil } ?? LiveReport(path)
    if reports.count >= Self.mostReports { reports.removeFirst() }
    reports.append(report)
    return report
  }

  private static func description(_ run: ServedRuns.Run) -> JSONValue {
    let head: [(key: String, value: JSONValue)] = [("id", .string(run.id)), ("name", .string(run.name))]
    guard run.isFolder else {
      return .object(head + [("page", false), ("usable", true), ("state", "checkpoint"), ("step", 0)])
    }
    // Where it lies is nobody's business.
    guard case .object(let members) = RunSummary(run.path).json else { return .object(head) }
    let rest = members.filter { !["name", "path", "checkpoint"].contains($0.key) }
    let checkpoint = members.first { $0.key == "checkpoint" }
    return .object(head + rest + [("page", true), ("usable", .bool(checkpoint.map { $0.value != .null } ?? false))])
  }
}

/// A run's report as it was at some time.
private struct LiveReport {
  struct Part {
    let part: RunReport.Part
    /// Changes whenever the section does.
    let mark: String

    init(_ part: RunReport.Part) {
      self.part = part
      mark = String(UInt(bitPattern: part.html.hashValue), radix: 36)
    }

    func json(known: Set<String>) -> JSONValue {
      var members: [(key: String, value: JSONValue)] = [
        ("id", .string(part.id)), ("title", .string(part.title)), ("mark", .string(mark)),
      ]
      if !known.contains(mark) { members.append(("html", .string(part.html))) }
      return .object(members)
    }
  }

  let path: FilePath
  let parts: [Part]
  private let files: [Double]
  private let end: ContinuousClock.Instant
  private let effort: Duration

  /// Making reports should take at most this share of the time, which a training beside it needs; but nobody should wait
  /// longer than this for what is new.
  private static let share = 0.05, longest = Duration.seconds(8)

  /// - Throws: `GanError` (checkpoint) if the run cannot be read.
  init(_ path: FilePath) throws {
    let begin = ContinuousClock.now
    self.path = path
    // Before they are read: what comes meanwhile is read the next time.
    files = Self.files(of: path)
    parts = try RunReport([path]).parts.map(Part.init)
    end = .now
    effort = end - begin
  }

  /// Whether a new one would tell the same, or comes too soon.
  var isCurrent: Bool { .now - end < min(effort / Self.share, Self.longest) || Self.files(of: path) == files }

  /// Something that changes whenever a report would.
  private static func files(of path: FilePath) -> [Double] {
    ["config.yaml", "log.jsonl", "timing.jsonl", "samples", "failure.json"].flatMap { name -> [Double] in
      guard let status = FileStatus(path.appending(name)) else { return [0, 0] }
      return [Double(status.size), status.modified]
    }
  }
}
