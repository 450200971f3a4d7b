import Foundation
import GanBase

/// The report of one run, or of several for comparison: one page of HTML that needs no other file.
package struct RunReport {
  /// A section of the page. A live page can replace the content of `<section id="ID">` with newer `html`; the page's
  /// script works with what is there at the time.
  package struct Part {
    package let id: String
    package let title: String
    package let html: String
  }

  package let runs: [RunRecord]
  package let parts: [Part]
  /// What the program says of the state of the run, such as `training`; nil if it does not know.
  private let state: String?

  /// The most that sample sheets and curves may take on a page, in bytes; together with the rest they stay below 5 MB.
  private static let bytesOfSheets = 2_600_000
  private static let pointsOfCurves = 30_000

  /// Reads the runs, in which other processes may be training, and makes the page.
  /// - Parameter state: for instance `training`; shown beside the name of a single run.
  /// - Throws: `GanError` (checkpoint) if a folder is not that of a run.
  package init(_ folders: [FilePath], state: String? = nil) throws {
    runs = try folders.map { try RunRecord($0) }
    self.state = state
    let charts = Charts(runs, points: Self.pointsOfCurves)
    let sheets = runs.map { FilmStrip(of: $0.path, bytes: Self.bytesOfSheets / max(1, folders.count)) }
    let all: [Part?] = [
      Part("summary", "Overview", SummaryPart(runs).html),
      Part("notes", "Errors, notices and changes", NotesPart(runs).html),
      Part("samples", "Sample sheets", SamplesPart(runs, sheets).html),
      Part("metrics", "Metrics", charts.metrics),
      Part("losses", "Losses", charts.losses),
      Part("speed", "Learning rate and speed", charts.speed),
      Part("configuration", "Configuration", ConfigurationPart(runs).html),
    ]
    parts = all.compactMap { $0 }
  }

  private var title: String {
    runs.count == 1 ? runs[0].name : "Comparison of \(counted(runs.count, "run"))"
  }

  /// The whole page.
  package var html: String {
    let state = state.map { " <small class=\"state\">\(escaped($0))</small>" } ?? ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="ganctl">
      <title>\(escaped(title)) – ganctl</title>
      <link rel="icon" href="data:,">
      <style>
      \(Self.style(runs: runs.count))</style>
      </head>
      <body>
      <header><h1>\(escaped(title))\(state)</h1></header>
      <main class="report">
      \(body)</main>
      <footer>Written by ganctl, \(timestamp(Date())).</footer>
      <script>
      \(Self.script)</script>
      </body>
      </html>

      """
  }

  private var body: String {
    legend + parts.map { "<section id=\"\($0.id)\"><h2>\($0.title)</h2>\n\($0.html)</section>\n" }.joined()
  }

  /// The style of a page that shows `parts` of so many runs in an element of the class `report`.
  package static func style(runs: Int) -> String { ReportStyle.css + colours(runs) }
  /// The script of such a page.
  package static var script: String { ReportStyle.script }

  /// A button for each run that shows and hides its curves.
  private var legend: String {
    guard runs.count > 1 else { return "" }
    let buttons = runs.enumerated().map { index, run in
      "<button type=\"button\" data-run=\"\(index)\" aria-pressed=\"true\"><i class=\"key r\(index)\"></i>"
        + "\(escaped(run.name))</button>"
    }
    return "<nav class=\"legend\" aria-label=\"runs\">\(buttons.joined())</nav>\n"
  }

  /// A colour for each run, far from those before it.
  private static func colours(_ count: Int) -> String {
    (0..<max(1, count)).map { index in
      let hue = (212 + index * 137) % 360
      return """
        .r\(index){--line:hsl(\(hue) 72% 42%)}.hide-\(index) .r\(index){display:none}
        @media(prefers-color-scheme:dark){.r\(index){--line:hsl(\(hue) 80% 66%)}}

        """
    }.joined()
  }
}

extension RunReport.Part {
  /// nil without any content.
  fileprivate init?(_ id: String, _ title: String, _ html: String) {
    if html.isEmpty { return nil }
    (self.id, self.title, self.html) = (id, title, html)
  }
}
