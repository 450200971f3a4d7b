import GanBase

/// The charts of a report.
struct Charts {
  private let runs: [RunRecord]
  /// The most points of a curve.
  private let most: Int

  /// - Parameter points: the most points of all curves together.
  init(_ runs: [RunRecord], points: Int) {
    self.runs = runs
    let curves = runs.map { $0.losses.count + 2 }.reduce(0, +)
    most = max(16, min(512, points / max(1, curves)))
  }

  private static let switches = """
    <p class="tools"><button type="button" data-do="log" aria-pressed="false">log scale</button>
    <button type="button" data-do="raw" aria-pressed="true">raw values</button></p>

    """

  /// A chart for each named loss that any of the runs has.
  var losses: String {
    let names = unique(runs.flatMap { $0.losses.map(\.name) })
    let charts = names.compactMap { name in
      Chart(
        id: name, title: name,
        lines: lines { run in run.losses.first { $0.name == name }?.curve }
      ).html
    }
    if charts.isEmpty { return "" }
    return Self.switches + grid(charts) + """
      <p class="hint">The bold line is smoothed; behind it are the raw values, from the least to the greatest where several
      share a place. Adversarial losses of generator and discriminator work against each other: neither should fall to 0 or
      grow without end. Distances, such as L1, cycle and reconstruction losses, should fall.</p>

      """
  }

  var speed: String {
    let rate = Chart(id: "learning_rate", title: "learning rate", lines: lines(isNoisy: false) { $0.learningRate }).html
    let pace = Chart(id: "pace", title: "images/s", lines: lines { $0.pace }).html
    return grid([rate, pace].compactMap { $0 })
  }

  /// A chart for each metric, with the best value marked.
  var metrics: String {
    let kinds = unique(runs.flatMap { $0.metrics.map { [$0.name, $0.features ?? ""] } })
    let charts = kinds.compactMap { kind -> String? in
      let found = runs.enumerated().compactMap { index, run in
        run.metrics.first { [$0.name, $0.features ?? ""] == kind }.map { (index, $0) }
      }
      let lines = found.map { index, metric in
        let values = thinned(metric.values)
        let points = values.map { value in
          Curve.Point(step: Double(value.epoch), least: value.value, greatest: value.value, smooth: value.value)
        }
        let mark = metric.best.map { (Double($0.epoch), $0.value, "best: \(short($0.value)) after epoch \($0.epoch)") }
        return Chart.Line(run: index, points: points, mark: mark, isNoisy: false)
      }
      let direction = found.first?.1.isSmallerBetter == false ? "larger is better" : "smaller is better"
      let note = [kind[1].isEmpty ? nil : kind[1], direction].compactMap { $0 }.joined(separator: ", ")
      return Chart(id: "metric-" + kind[0], title: kind[0], note: note, lines: lines, unit: "epoch").html
    }
    return charts.isEmpty ? "" : grid(charts)
  }

  private func lines(isNoisy: Bool = true, _ curve: (RunRecord) -> Curve?) -> [Chart.Line] {
    runs.enumerated().compactMap { index, run in
      guard let points = curve(run)?.points(most: most, smoothing: isNoisy), !points.isEmpty else { return nil }
      return Chart.Line(run: index, points: points, isNoisy: isNoisy)
    }
  }

  /// At most a thousand of them, the best included.
  private func thinned<Value>(_ values: [Value]) -> [Value] {
    let every = values.count / 1000 + 1
    return values.enumerated().filter { $0.offset % every == 0 || $0.offset == values.count - 1 }.map(\.element)
  }

  private func grid(_ charts: [String]) -> String {
    charts.isEmpty ? "" : "<div class=\"charts\">\n\(charts.joined())</div>\n"
  }
}

/// The values without repetitions, in the order of their first occurrence.
func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
  var seen: Set<Value> = []
  return values.filter { seen.insert($0).inserted }
}
