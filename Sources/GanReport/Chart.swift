import Foundation
import GanBase

/// Curves of several runs over their steps, as a figure of HTML: the curves are SVG that stretches with the page, the
/// labels are text that does not.
struct Chart {
  /// The curve of a run.
  struct Line {
    /// The number of the run, for its colour.
    let run: Int
    let points: [Curve.Point]
    /// The point to mark, with its label.
    var mark: (step: Double, value: Double, text: String)?
    /// Whether single values are noise, above which a smoothed curve is drawn.
    var isNoisy = true
  }

  let id: String
  let title: String
  var note = ""
  let lines: [Line]
  /// What the horizontal axis counts.
  var unit = "step"

  private static let width = 1000.0, height = 400.0

  /// nil without any point.
  var html: String? {
    let points = lines.flatMap(\.points)
    guard let least = points.map(\.least).min(), let greatest = points.map(\.greatest).max(),
      let last = points.map(\.step).max(), let first = points.map(\.step).min()
    else { return nil }
    let steps = Axis.linear(first < 0.2 * last ? 0 : first, last, ticks: 3)
    let linear = Axis.linear(least, greatest), logarithmic = Axis.logarithmic(least, greatest)
    var text = "<figure class=\"chart\" data-unit=\"\(unit)\" data-low=\"\(steps.low)\" data-high=\"\(steps.high)\""
    text += " data-lines='[\(lines.map(data).joined(separator: ","))]'>\n"
    text += "<figcaption><b>\(escaped(title))</b> <small>\(escaped(note))</small><output>\(now)</output>"
    text += "<button type=\"button\" data-do=\"wide\" aria-label=\"larger or smaller: \(escaped(title))\">⤢</button>"
    text += "</figcaption>\n<div class=\"plot\(logarithmic == nil ? " only" : "")\">"
    text += drawing(steps, linear, "lin") + (logarithmic.map { drawing(steps, $0, "log") } ?? "")
    for tick in steps.ticks {
      text += "<span class=\"x\" style=\"left:\(percent(steps.place(tick)))\">\(Self.step(tick))</span>"
    }
    return text + "<i class=\"cursor\"></i></div></figure>\n"
  }

  /// The last smoothed value, if there is one run only.
  private var now: String { lines.count == 1 ? lines[0].points.last.map { short($0.smooth, digits: 4) } ?? "" : "" }

  /// For the read-out under the pointer: run, steps, values.
  private func data(_ line: Line) -> String {
    let steps = line.points.map { String(Int($0.step.rounded())) }.joined(separator: ",")
    let values = line.points.map { short($0.smooth, digits: 4) }.joined(separator: ",")
    return "[\(line.run),[\(steps)],[\(values)]]"
  }

  private func drawing(_ steps: Axis, _ values: Axis, _ kind: String) -> String {
    var svg = "<svg class=\"\(kind)\" viewBox=\"0 0 1000 400\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    let grid = values.ticks.map { "M0,\(Int(((1 - values.place($0)) * Self.height).rounded()))H1000" }.joined()
    svg += "<path class=\"grid\" d=\"\(grid)\"/>"
    for line in lines where line.isNoisy {
      svg += "<path class=\"raw r\(line.run)\" d=\"\(raw(line.points, steps, values))\"/>"
    }
    for line in lines {
      let points = line.points.map { place($0.step, $0.smooth, steps, values) }
      svg += "<path class=\"smooth r\(line.run)\" d=\"\(Self.path(points))\"/>"
    }
    svg += "</svg>"
    for tick in values.ticks {
      let top = percent(1 - values.place(tick))
      svg += "<span class=\"y \(kind)\" style=\"top:\(top)\">\(short(tick, digits: 3))</span>"
    }
    for line in lines {
      guard let mark = line.mark else { continue }
      let (left, top) = (percent(steps.place(mark.step)), percent(1 - values.place(mark.value)))
      svg +=
        "<i class=\"mark \(kind) r\(line.run)\" style=\"left:\(left);top:\(top)\" title=\"\(escaped(mark.text))\"></i>"
    }
    return svg
  }

  /// From the least to the greatest value of each point, in the order that is nearer to the one before.
  private func raw(_ points: [Curve.Point], _ steps: Axis, _ values: Axis) -> String {
    var places: [(x: Int, y: Int)] = []
    for point in points {
      let ends = [place(point.step, point.least, steps, values), place(point.step, point.greatest, steps, values)]
      let isNearFirst = abs(ends[0].y - (places.last?.y ?? 0)) <= abs(ends[1].y - (places.last?.y ?? 0))
      places += ends[0] == ends[1] ? [ends[0]] : isNearFirst ? ends : ends.reversed()
    }
    return Self.path(places)
  }

  private func place(_ step: Double, _ value: Double, _ steps: Axis, _ values: Axis) -> (x: Int, y: Int) {
    let y = (1 - values.place(value)) * Self.height
    return (Int((steps.place(step) * Self.width).rounded()), Int(y.rounded()))
  }

  private static func path(_ places: [(x: Int, y: Int)]) -> String {
    guard let first = places.first else { return "" }
    // A single point is a short line, so that it can be seen.
    if places.count == 1 { return "M\(max(0, first.x - 4)),\(first.y)h8" }
    return "M" + places.map { "\($0.x),\($0.y)" }.joined(separator: "L")
  }

  private func percent(_ share: Double) -> String { String(format: "%.2f%%", share * 100) }

  /// `500`, `20k`, `1.5M`
  private static func step(_ value: Double) -> String {
    if value >= 1e6 { return short(value / 1e6, digits: 3) + "M" }
    return value >= 10_000 ? short(value / 1000, digits: 3) + "k" : short(value, digits: 4)
  }
}
