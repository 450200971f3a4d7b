import GanBase
import GanImage

extension DataSet {
  /// The locations of the pictures of folder A, or of folder B; for pairs in one file, a half of it. In the mode single
  /// they are the same, and in modes with labels there are none.
  package func places(isB: Bool) -> [PicturePlace] {
    let entries = request.mode == .unaligned && isB ? catalogue.second : catalogue.first
    return entries.compactMap { entry in
      switch entry {
      case .picture(let path): [.unaligned, .single].contains(request.mode) ? PicturePlace(path) : nil
      case .pair(let a, let b): PicturePlace(isB ? b : a)
      case .sideBySide(let path): PicturePlace(path, isB ? .right : .left)
      }
    }
  }

  /// The locations of the pictures of one domain; empty in modes without domains.
  package func places(ofDomain name: String) -> [PicturePlace] {
    guard let label = domains.firstIndex(of: name), !catalogue.labels.isEmpty else { return [] }
    return zip(catalogue.first, catalogue.labels).filter { $0.1 == label }
      .flatMap { $0.0.paths.map { PicturePlace($0) } }
  }

  /// The locations of the pictures that have, or lack, all these attributes; empty in modes without attributes.
  package func places(withAttributes wanted: [String: Bool]) -> [PicturePlace] {
    guard request.mode == .attributes else { return [] }
    let count = domains.count
    let columns = wanted.compactMap { name, isOn in domains.firstIndex(of: name).map { ($0, isOn) } }
    guard columns.count == wanted.count else { return [] }
    let found = catalogue.first.enumerated().filter { index, _ in
      columns.allSatisfy { catalogue.attributes[index * count + $0] == $1 }
    }
    // As a folder lists them: sums depend on the order.
    return found.flatMap(\.element.paths).sortedByBytes().map { PicturePlace($0) }
  }

  /// All files.
  package var paths: [FilePath] { (catalogue.first + catalogue.second).flatMap(\.paths) }
}
