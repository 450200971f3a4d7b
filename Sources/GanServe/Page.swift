/// A page of HTML: the frame that all pages share, around content of its own.
struct Page {
  let path: String
  let title: String
  /// The addresses of its scripts, and of the styles that it needs besides the common one.
  let scripts: [String]
  var styles: [String] = []
  /// What stands in `<main>`.
  let content: [UInt8]

  static let all = [
    Page(path: "/", title: "Studio", scripts: ["/studio.js"], content: PackageResources.studio_html),
    Page(path: "/runs", title: "Runs", scripts: ["/runs.js"], content: PackageResources.runs_html),
    Page(
      path: "/runs/:id", title: "Run", scripts: ["/report.js", "/run.js"], styles: ["/report.css"],
      content: PackageResources.run_html),
  ]

  var html: String {
    // The common style comes last, so that it prevails.
    let links =
      (styles + ["/style.css"]).map { "<link rel=\"stylesheet\" href=\"\($0)\">" }
      + scripts.map { "<script type=\"module\" src=\"\($0)\"></script>" }
    var html = String(decoding: PackageResources.frame_html, as: UTF8.self)
    for place in ["/", "/runs"] { html = html.replacing("{{at \(place)}}", with: current(place)) }
    return html.replacing("{{title}}", with: title).replacing("{{links}}", with: links.joined(separator: "\n"))
      .replacing("{{content}}", with: String(decoding: content, as: UTF8.self))
  }

  /// The attribute of a link of the navigation that leads here, or to the page that leads here.
  private func current(_ place: String) -> String {
    if place == path { return " aria-current=\"page\"" }
    return place != "/" && path.hasPrefix(place) ? " aria-current=\"true\"" : ""
  }
}
