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

  /// The reports that were asked for last, the newest last, with what the files of the run were like.
  private var reports: [Report] = []
  private static let mostReports = 3

  private struct Report {
    let path: FilePath
    let fingerprint: [Double]
    let parts: [(id: String, title: String, html: String, mark: String)]
  }

  init(_ runs: ServedRuns) { self.runs = runs }

  /// The runs, with their state.
  func list() -> JSONValue {
    if let listing, .now - listing.time < Self.freshness { return listing.json }
    let json: JSONValue = ["runs": .array(runs.list().map(Self.description))]
    listing = (.now, json)
    return json
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

  // MARK: Reports

  /// The sections of a run's report, and its state.
  /// - Parameter known: marks of sections that the client has already, which are not sent again.
  /// - Throws: `GanError` (checkpoint) if the run cannot be read.
  func report(_ run: ServedRuns.Run, known: Set<String>) throws -> JSONValue {
    guard run.isFolder, case .object(let facts) = Self.description(run) else { throw Refusal.notFound }
    let parts = try report(of: run.path).parts.map { part -> JSONValue in
      var members: [(key: String, value: JSONValue)] = [
        ("id", .string(part.id)), ("title", .string(part.title)), ("mark", .string(part.mark)),
      ]
      if !known.contains(part.mark) { members.append(("html", .string(part.html))) }
      return .object(members)
    }
    return .object(facts + [("parts", .array(parts))])
  }

  private func report(of path: FilePath) throws -> Report {
    let fingerprint = Self.fingerprint(of: path)
    if let index = reports.firstIndex(where: { $0.path == path }) {
      let report = reports.remove(at: index)
      if report.fingerprint == fingerprint {
        reports.append(report)
        return report
      }
    }
    let parts = try RunReport([path]).parts.map { part in
      (part.id, part.title, part.html, String(UInt(bitPattern: part.html.hashValue), radix: 36))
    }
    let report = Report(path: path, fingerprint: fingerprint, parts: parts)
    if reports.count >= Self.mostReports { reports.removeFirst() }
    reports.append(report)
    return report
  }

  /// What changes whenever a report would.
  private static func fingerprint(of path: FilePath) -> [Double] {
    ["config.yaml", "log.jsonl", "timing.jsonl", "samples", "failure.json"].flatMap { name -> [Double] in
      guard let status = FileStatus(path.appending(name)) else { return [0, 0] }
      return [Double(status.size), status.modified]
    }
  }
}
