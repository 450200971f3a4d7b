import GanBase
import GanModels
import GanTensor

extension ParityFixture {
  /// The boxes of a step, `[boxes,5]`: the number of the picture, then left, top, right and bottom in its pixels.
  func boxes(_ key: String, pictures count: Int) throws -> [[Box]] {
    let rows = try input(key), location = "\(path): \(key)"
    guard rows.shape.rank == 2, rows.shape[1] == 5 else {
      throw GanError.checkpoint("expected the shape [boxes,5], found \(rows.shape)", at: location)
    }
    var boxes = [[Box]](repeating: [], count: count)
    let values = rows.doubles
    for row in 0..<rows.shape[0] {
      let row = values[5 * row..<5 * row + 5].map { $0 }
      guard let picture = Int(exactly: row[0]), boxes.indices.contains(picture), row[3] > row[1], row[4] > row[2] else {
        throw GanError.checkpoint("expected boxes of \(count) pictures, found \(row)", at: location)
      }
      boxes[picture].append(Box(left: row[1], top: row[2], right: row[3], bottom: row[4]))
    }
    return boxes
  }
}
