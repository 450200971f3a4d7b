/// A part of a progress line, which can be omitted where the line would not fit.
struct LinePart {
  let text: String
  /// Parts with a larger rank are omitted first; rank 0 is never omitted.
  let rank: Int
  /// Whether it is separated by one space instead of two.
  let isClose: Bool

  init(_ text: String, _ rank: Int, isClose: Bool = false) {
    self.text = text
    self.rank = rank
    self.isClose = isClose
  }

  /// The parts that fit into so many columns, in a line.
  static func joined(_ parts: [LinePart], columns: Int) -> String {
    var parts = parts
    while true {
      var text = ""
      for (index, part) in parts.enumerated() { text += (index == 0 ? "" : part.isClose ? " " : "  ") + part.text }
      guard displayWidth(text) > columns, let least = parts.indices.max(by: { parts[$0].rank < parts[$1].rank }),
        parts[least].rank > 0
      else { return clipped(text, columns: columns) }
      parts.remove(at: least)
    }
  }

  /// A bar with the share that is done: `[####......]  40%`.
  /// - Parameter unicode: whether block characters can be shown.
  static func bar(_ done: Int, of all: Int, unicode: Bool) -> String {
    let cells = 20
    let share = all > 0 ? Double(max(0, min(done, all))) / Double(all) : 0
    let full = Int(share * Double(cells))
    let (mark, gap) = unicode ? ("█", "░") : ("#", ".")
    let bar = String(repeating: mark, count: full) + String(repeating: gap, count: cells - full)
    return (unicode ? bar : "[\(bar)]") + " \(Int(share * 100))%"
  }
}
