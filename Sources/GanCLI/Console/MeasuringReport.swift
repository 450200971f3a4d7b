import GanBase
import GanMetrics
import GanStore

/// The results of `eval-fid` as text and as JSON.
struct MeasuringReport {
  private let report: SetReport
  private let settings: SetEvaluation.Settings
  private let generated: String, real: String

  init(_ report: SetReport, _ settings: SetEvaluation.Settings, generated: String, real: String) {
    (self.report, self.settings, self.generated, self.real) = (report, settings, generated, real)
  }

  /// A line for each metric, which says so if the features are not the published ones.
  var lines: [String] {
    let mark = report.isPublished ? "" : "  (\(report.features): not the published FID)"
    var lines: [String] = []
    if let frechet = report.frechet { lines.append("FID \(Format.fixed(frechet.value, digits: 4))") }
    if let kernel = report.kernel {
      let (mean, deviation) = (Format.fixed(kernel.mean, digits: 6), Format.fixed(kernel.deviation, digits: 6))
      lines.append("KID \(mean) +- \(deviation) (\(counted(kernel.perSubset.count, "subset")) of \(kernel.subsetSize))")
    }
    if let score = report.inceptionScore {
      let (mean, deviation) = (Format.fixed(score.mean, digits: 4), Format.fixed(score.deviation, digits: 4))
      lines.append("IS \(mean) +- \(deviation) (\(counted(score.perSplit.count, "part")))")
    }
    if let pr = report.precisionRecall {
      let parts = [
        ("precision", pr.precision), ("recall", pr.recall), ("density", pr.density), ("coverage", pr.coverage),
      ].map { "\($0) \(Format.fixed($1, digits: 4))" }
      lines.append("\(parts.joined(separator: ", ")) (\(pr.neighbours) neighbours)")
    }
    let counts = "\(side(generated, report.generatedCount)) against \(side(real, report.realCount)), \(report.features)"
    return lines.map { $0 + mark } + [counts]
  }

  private func side(_ place: String, _ count: Int?) -> String {
    count.map { "\(counted($0, "picture")) of \(place)" } ?? "statistics \(place)"
  }

  var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("features", .string(report.features)), ("published", .bool(report.isPublished)),
      ("generated", .string(generated)), ("real", .string(real)), ("generated_count", count(report.generatedCount)),
      ("real_count", count(report.realCount)),
    ]
    members += report.values.map { ($0.name, .number($0.value)) }
    if let kernel = report.kernel {
      members += [("kid_subsets", .integer(kernel.perSubset.count)), ("kid_subset_size", .integer(kernel.subsetSize))]
    }
    if let pr = report.precisionRecall { members.append(("neighbours", .integer(pr.neighbours))) }
    if let score = report.inceptionScore { members.append(("is_parts", .integer(score.perSplit.count))) }
    return .object(members)
  }

  private func count(_ count: Int?) -> JSONValue { count.map { .integer($0) } ?? .null }
}
