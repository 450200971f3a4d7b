import GanReport
import GanStore

/// What has been noticed in a run so far. It is part of the run's state, so that a resumed run notices the same things at
/// the same steps as an uninterrupted one.
struct RunWatch: Equatable {
  /// Symptoms that were reported; each is reported once.
  var told: Set<Symptom> = []
  /// Symptoms of the last look at translations. One is reported if it is still there at the next look.
  var suspected: Set<Symptom> = []
  /// The step since which a discriminator's loss has been too low, by the name of the loss.
  var lowSince: [String: Int] = [:]
  var score = ScoreTrend()

  var isEmpty: Bool { self == RunWatch() }

  /// Forgets what only counts while the networks and pictures stay of the same size.
  mutating func beginStage() { (suspected, lowSince, score) = ([], [:], ScoreTrend()) }
}

/// How a score has gone from measurement to measurement.
struct ScoreTrend: Equatable {
  private(set) var best: Double?
  /// Measurements in all, and those since the best one.
  private(set) var count = 0, sinceBest = 0

  /// - Parameter score: smaller is better.
  mutating func note(_ score: Double) {
    count += 1
    if score.isFinite, score < best ?? .infinity {
      (best, sinceBest) = (score, 0)
    } else {
      sinceBest += 1
    }
  }
}

extension RunWatch {
  /// For a checkpoint.
  var json: JSONValue {
    func list(_ symptoms: Set<Symptom>) -> JSONValue { .array(symptoms.map(\.rawValue).sorted().map { .string($0) }) }
    let low = lowSince.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.integer($0.value)) }
    return [
      "told": list(told), "suspected": list(suspected), "low_since": .object(low),
      "score": [
        "best": score.best.map { .number($0) } ?? .null, "count": .integer(score.count),
        "since_best": .integer(score.sinceBest),
      ],
    ]
  }

  /// What cannot be read is left out.
  init(_ json: JSONValue) {
    func symptoms(_ key: String) -> Set<Symptom> {
      Set((json[key]?.array ?? []).compactMap { $0.string.flatMap(Symptom.init(rawValue:)) })
    }
    (told, suspected) = (symptoms("told"), symptoms("suspected"))
    if case .object(let members)? = json["low_since"] {
      for (name, step) in members { lowSince[name] = step.integer }
    }
    score = ScoreTrend(json["score"])
  }
}

extension ScoreTrend {
  fileprivate init(_ json: JSONValue?) {
    best = json?["best"]?.number
    count = max(0, json?["count"]?.integer ?? 0)
    sinceBest = max(0, json?["since_best"]?.integer ?? 0)
  }
}
