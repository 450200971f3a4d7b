import GanImage

/// The sizes of the pictures of one side or domain, as they are stored.
package struct PictureGroup: Equatable, Sendable {
  /// The side or domain; empty where there is only one kind of pictures.
  package let name: String
  package let count: Int
  /// By the shorter side; nil if there are no pictures.
  package let least: PictureSize?, median: PictureSize?, greatest: PictureSize?
  private let shorterSides: [Int]

  package init(name: String, sizes: [PictureSize]) {
    func key(_ size: PictureSize) -> (Int, Int) { (min(size.width, size.height), max(size.width, size.height)) }
    let sorted = sizes.sorted { key($0) < key($1) }
    (self.name, count) = (name, sizes.count)
    (least, greatest) = (sorted.first, sorted.last)
    median = sorted.isEmpty ? nil : sorted[sorted.count / 2]
    shorterSides = sorted.map { min($0.width, $0.height) }
  }

  /// How many pictures have a side that is shorter than this.
  package func count(smallerThan side: Int) -> Int { shorterSides.count { $0 < side } }
}
