import GanBase

/// How the filtering of tiles is cut into items, each a block of tiles times a group of panels of 32 columns. However it
/// is cut, the results have the same bits.
struct WinogradCut {
  /// Tiles of a block; the last one may have fewer.
  let block: Int
  /// Panels of a group, an even number.
  let group: Int

  /// The cut that takes the least time on `threads` threads, as far as a rough model tells.
  /// - Parameters:
  ///   - block: as many tiles as one thread works on with the best use of its cache.
  static func quickest(tiles: Int, block: Int, panels: Int, threads: Int) -> WinogradCut {
    let usual = WinogradCut(block: block, group: nextMultiple(of: 2, from: panels))
    guard usual.items(tiles, panels) < itemsPerThread * threads else { return usual }
    let blocks = [1, 2, 4, 8].map { ceilDiv(block, $0) }.filter { $0 >= leastBlock || $0 == block }
    let groups = (1...max(1, panels / 2)).map { nextMultiple(of: 2, from: ceilDiv(panels, $0)) }
    let cuts = blocks.flatMap { block in groups.map { WinogradCut(block: block, group: $0) } }
    func cost(_ cut: WinogradCut) -> Int {
      let item = cut.block * (transform + 32 * cut.group) + 32 * cut.group * weights
      return ceilDiv(cut.items(tiles, panels), threads) * item
    }
    // The first of equal ones: the least cut.
    return cuts.min { cost($0) < cost($1) } ?? usual
  }

  private func items(_ tiles: Int, _ panels: Int) -> Int { ceilDiv(tiles, block) * ceilDiv(panels, group) }

  /// With fewer, some threads wait for the last items of the others.
  private static let itemsPerThread = 4
  private static let leastBlock = 8
  // Costs for a channel and position, a multiplication being 1: transforming a tile, and reading a weight from a cache
  // that several cores share.
  private static let transform = 10, weights = 6
}
