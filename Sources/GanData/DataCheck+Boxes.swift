import GanBase
import GanImage

extension DataSet {
  /// Holds the boxes of a picture against its size.
  func examineBoxes(_ path: FilePath, _ size: PictureSize, isB: Bool, _ finding: inout Finding) {
    guard let side = isB ? boxes.b : boxes.a else { return }
    do {
      let found = try side.boxes(of: path, size)
      let small = found.count { named in
        let box = transform.scaled(named.box, in: size)
        return min(box.width, box.height) < transform.leastBoxSide
      }
      finding.boxes = (found.count, small)
    } catch let error as GanError {
      finding.problems += error.diagnostics
    } catch {
      finding.problems.append(Diagnostic("\(error)", at: path))
    }
  }

  /// What is wrong if a side that must show objects shows none.
  func missingObjects(_ findings: [Finding]) -> [Diagnostic] {
    let first = findings.prefix(catalogue.first.count), second = findings.dropFirst(catalogue.first.count)
    return [("A", first), ("B", second)].compactMap { name, side in
      let counts = side.compactMap(\.boxes)
      guard !request.isValidation, !counts.isEmpty, !counts.contains(where: { $0.all > $0.small }) else { return nil }
      let all = counts.reduce(0) { $0 + $1.all }
      return Diagnostic(
        all == 0
          ? "no picture of \(name) has a box"
          : "\(all == 1 ? "the only box" : "all \(all) boxes") of side \(name) would be narrower or lower than "
            + "\(short(transform.leastBoxSide)) pixels",
        at: source, help: all == 0 ? "this model learns from boxes of objects" : "use a smaller data.box_min_side")
    }
  }

  /// A sentence for each thing about boxes that is not what everybody expects.
  func boxNotices(_ findings: [Finding]) -> [String] {
    let counts = findings.compactMap(\.boxes)
    guard !counts.isEmpty else { return [] }
    var texts: [String] = []
    let without = counts.count { $0.all == 0 }, small = counts.reduce(0) { $0 + $1.small }
    if without > 0 {
      texts.append("\(counted(without, "picture")) of \(counts.count) \(without == 1 ? "has" : "have") no box")
    }
    if small > 0 {
      texts.append(
        "\(counted(small, "box", "boxes")) \(small == 1 ? "is" : "are") left out: narrower or lower than "
          + "\(short(transform.leastBoxSide)) pixels when scaled (data.box_min_side)")
    }
    return texts
  }
}
