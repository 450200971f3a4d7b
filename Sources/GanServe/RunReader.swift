import GanBase
import GanStore
import GanTrain

/// Reads what runs' files say of them, for one client after the other: pages ask often, and logs may be large.
actor RunReader {
  private let runs: ServedRuns
  private var listing: (time: ContinuousClock.Instant, json: JSONValue)?
  /// Pages that ask within so short a time get the same answer.
  private static let freshness = Duration.seconds(1)

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

  private static func description(_ run: ServedRuns.Run) -> JSONValue {
    let head: [(key: String, value: JSONValue)] = [("id", .string(run.id)), ("name", .string(run.name))]
    guard run.isFolder else {
      return .object(head + [("page", false), ("usable", true), ("state", "checkpoint"), ("step", 0)])
    }
    // Where it lies is nobody's business.
    guard case .object(let members) = RunSummary(run.path).json else { return .object(head) }
    let rest = members.filter { !["name", "path", "checkpoint"].contains($0.key) }
    let checkpoint = members.first { $0.key == "checkpoint" }
    return .object(head + rest + [("page", false), ("usable", .bool(checkpoint.map { $0.value != .null } ?? false))])
  }
}
