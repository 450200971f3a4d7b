import Foundation
import GanBase

/// The facts of each run in a table, a column for each.
struct SummaryPart {
  let html: String

  init(_ runs: [RunRecord]) {
    let configurations = runs.map { FlatConfiguration($0.configuration ?? "") }
    var rows: [(String, [String?])] = []
    rows.append(("model", configurations.map { $0["model.name"] }))
    rows.append(("steps", runs.map { grouped($0.step) }))
    rows.append(("epoch", runs.map { $0.epoch > 0 ? grouped($0.epoch) : nil }))
    rows.append(("stage", runs.map { $0.stage > 0 ? "\($0.stage) of \($0.stages)" : nil }))
    rows.append(("training time", runs.map { $0.seconds > 0 ? duration($0.seconds) : nil }))
    rows.append(
      ("speed", runs.map { $0.seconds > 0 ? short(Double($0.pictures) / $0.seconds, digits: 3) + " images/s" : nil }))
    rows.append(
      (
        "waiting for pictures",
        runs.map { $0.seconds > 0 ? "\(Int((100 * $0.waited / $0.seconds).rounded()))% of the time" : nil }
      ))
    rows.append(("peak memory", runs.map { $0.peakMemory.map(gibibytes) }))
    rows.append(("best", runs.map(Self.best)))
    rows.append(("begun", runs.map { $0.sessions.first?.started }))
    rows.append(("processor", runs.map { $0.sessions.last?.processor }))
    rows.append(("threads", runs.map { $0.sessions.last?.threads.map { "\($0)" } }))
    rows.append(("memory of the machine", runs.map { $0.sessions.last?.memory.map(gibibytes) }))
    rows.append(("kernels", runs.map { $0.sessions.last?.engine ?? $0.engine }))
    rows.append(("program", runs.map { $0.program.map { "ganctl \($0)" } }))
    let head = runs.count < 2 ? "" : "<tr><th></th>\(runs.map { "<th>\(escaped($0.name))</th>" }.joined())</tr>\n"
    let body = rows.filter { $0.1.contains { $0 != nil } }.map { name, values in
      "<tr><th>\(name)</th>\(values.map { "<td>\(escaped($0 ?? "–"))</td>" }.joined())</tr>\n"
    }
    html = "<div class=\"scroll\"><table class=\"facts\">\n\(head)\(body.joined())</table></div>\n"
  }

  private static func best(_ run: RunRecord) -> String? {
    let texts = run.metrics.compactMap { metric in
      metric.best.map { "\(metric.name) \(short($0.value)) (epoch \($0.epoch))" }
    }
    return texts.isEmpty ? nil : texts.joined(separator: ", ")
  }
}

/// Errors, notices, changes and warnings of each run.
struct NotesPart {
  let html: String

  init(_ runs: [RunRecord]) {
    html = runs.map { run in
      let text = Self.failure(run) + run.diagnoses.map(Self.diagnosis).joined() + Self.notes(run)
      return (runs.count > 1 ? "<h3>\(escaped(run.name))</h3>\n" : "") + (text.isEmpty ? "<p>None.</p>\n" : text)
    }.joined()
  }

  private static func failure(_ run: RunRecord) -> String {
    guard let failure = run.failure else { return "" }
    let cure = failure.code == .diverged ? advice(.notFinite) : ""
    return "<div class=\"failure\"><b>The run ended with an error.</b> <small>step \(grouped(failure.step))</small>"
      + "<p>\(escaped(failure.message))</p>\(cure)</div>\n"
  }

  private static func diagnosis(_ found: RunRecord.Diagnosis) -> String {
    let text = found.text.prefix(1).uppercased() + found.text.dropFirst()
    return "<div class=\"failure\"><b>\(escaped(text)).</b> <small>step \(grouped(found.step))</small>"
      + "\(found.symptom.map(advice) ?? "")</div>\n"
  }

  private static func advice(_ symptom: Symptom) -> String {
    "<p>\(escaped(symptom.cure)) <small>See \(symptom.link)</small></p>"
  }

  private static func notes(_ run: RunRecord) -> String {
    var notes = unique(run.sessions.flatMap(\.notices))
    notes += run.sessions.dropFirst().map { session in
      "continued after step \(grouped(session.step))" + (session.started.map { ", \($0)" } ?? "")
    }
    notes += run.changes.map { "changed after step \(grouped($0.step)): \($0.text)" }
    notes += unique(run.warnings.map(\.text))
    if run.skipped > 0 { notes.append("pictures that could not be used were skipped, \(counted(run.skipped, "time"))") }
    if run.damagedLines > 0 { notes.append("\(counted(run.damagedLines, "line")) of the logs could not be read") }
    if run.losses.isEmpty { notes.append("the log has no losses yet") }
    notes += run.unreadable.map { "\($0) could not be read" }
    if notes.isEmpty { return "" }
    let items = notes.suffix(200).map { "<li>\(escaped($0))</li>\n" }
    return "<ul class=\"notes\">\n\(items.joined())</ul>\n"
  }
}

/// A film strip for each run: the chosen sheet, a slider over the steps, and the frames.
struct SamplesPart {
  let html: String

  init(_ runs: [RunRecord], _ strips: [FilmStrip]) {
    html = zip(runs, strips).map { run, strip in
      guard let last = strip.frames.last else { return "" }
      let name = runs.count > 1 ? "<h3>\(escaped(run.name))</h3>\n" : ""
      let left = strip.sheets - strip.frames.count
      let thinned = left > 0 ? "<p class=\"hint\">\(strip.frames.count) of \(strip.sheets) sheets.</p>\n" : ""
      let thumbnails = strip.frames.enumerated().map { index, frame in
        "<button type=\"button\" data-frame=\"\(index)\"\(index == strip.frames.count - 1 ? " class=\"on\"" : "")>"
          + "<img src=\"\(frame.address)\" width=\"\(frame.width)\" height=\"\(frame.height)\" "
          + "alt=\"sample sheet of step \(frame.step)\" loading=\"lazy\"><span>\(grouped(frame.step))</span></button>\n"
      }
      let slider =
        strip.frames.count < 2
        ? ""
        : "<button type=\"button\" data-do=\"play\" aria-label=\"play\">▶</button><input type=\"range\" min=\"0\" "
          + "max=\"\(strip.frames.count - 1)\" value=\"\(strip.frames.count - 1)\" aria-label=\"step\">"
      return name + """
        <div class="film"><img class="sheet" src="\(last.address)" width="\(last.width)" height="\(last.height)" \
        alt="sample sheet">
        <p class="tools">\(slider)<output>step \(grouped(last.step))</output></p>
        <div class="strip">
        \(thumbnails.joined())</div></div>
        \(thinned)
        """
    }.joined()
  }
}

/// The configurations: what differs between runs, and each as it is.
struct ConfigurationPart {
  let html: String

  init(_ runs: [RunRecord]) {
    let whole = runs.map { run in
      "<details><summary>\(runs.count > 1 ? escaped(run.name) + ": " : "")config.yaml</summary>"
        + "<pre>\(escaped(page: run.configuration ?? ""))</pre></details>\n"
    }
    html = Self.differences(runs) + whole.joined()
  }

  private static func differences(_ runs: [RunRecord]) -> String {
    guard runs.count > 1 else { return "" }
    let all = runs.map { FlatConfiguration($0.configuration ?? "") }
    let keys = unique(all.flatMap(\.keys)).filter { key in Set(all.map { $0[key] ?? "" }).count > 1 }
    if keys.isEmpty { return "<p>All options are the same.</p>\n" }
    let head = "<tr><th>differs</th>\(runs.map { "<th>\(escaped($0.name))</th>" }.joined())</tr>\n"
    let rows = keys.map { key in
      "<tr><th>\(escaped(key))</th>\(all.map { "<td>\(escaped($0[key] ?? "–"))</td>" }.joined())</tr>\n"
    }
    return "<div class=\"scroll\"><table class=\"facts\">\n\(head)\(rows.joined())</table></div>\n"
  }
}

/// The options of a run's `config.yaml` by `section.key`, as it is written by `train`: a line each.
struct FlatConfiguration {
  private(set) var keys: [String] = []
  private var values: [String: String] = [:]

  init(_ text: String) {
    var section = ""
    for line in text.split(separator: "\n") {
      let trimmed = line.trimmingPrefix { $0 == " " }
      guard !trimmed.hasPrefix("#"), let colon = trimmed.firstIndex(of: ":") else { continue }
      let name = String(trimmed[..<colon])
      let value = trimmed[trimmed.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      let isTop = trimmed.startIndex == line.startIndex
      if isTop, value.isEmpty {
        section = name + "."
        continue
      }
      let key = isTop ? name : section + name
      if values.updateValue(value, forKey: key) == nil { keys.append(key) }
    }
  }

  subscript(_ key: String) -> String? { values[key] }
}
