import GanBase

/// A plain-text table with aligned columns.
package struct TextTable {
  package enum Alignment: Sendable { case leading, trailing }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// - Parameter alignments: one per column; further columns are aligned like the last one.
  package init(_ alignments: [Alignment]) { self.alignments = alignments }

  /// A table with a header row.
  package init(_ columns: [(title: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows = [columns.map(\.title)]
  }

  /// Adds a row; cells are escaped to one line each, see `String.shown`.
  package mutating func add(_ cells: [String]) { rows.append(cells.map(\.shown)) }

  /// The rows, without trailing spaces.
  package var lines: [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? displayWidth($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - displayWidth(cell))
        line += (column == 0 ? "" : "  ") + (alignment(column) == .leading ? cell + padding : padding + cell)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private func alignment(_ column: Int) -> Alignment {
    alignments.indices.contains(column) ? alignments[column] : alignments.last ?? .leading
  }
}
