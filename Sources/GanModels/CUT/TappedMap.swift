import GanTensor

/// What leaves a layer that is looked at: a map `[N,H,W,C]`. A reflection padding is never made; its border is looked
/// up in the map inside.
package struct TappedMap {
  private let inner: Tensor
  private let border: Int

  init(_ inner: Tensor, border: Int) { (self.inner, self.border) = (inner, border) }

  private var height: Int { inner.shape[1] + 2 * border }
  private var width: Int { inner.shape[2] + 2 * border }

  /// Pixels of one picture, border included.
  var places: Int { height * width }

  /// The pixels at `places` (row * width + column) of some of the pictures: `[pictures * places, C]`.
  /// - Parameter isMirrored: whether the places are meant in the map mirrored left to right.
  func vectors(at places: [Int], of pictures: Range<Int>, isMirrored: Bool = false) -> Tensor {
    func inside(_ index: Int, _ size: Int) -> Int { PaddingMode.reflect.source(index - border, size) ?? 0 }
    let pixels = places.map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: width)
      let x = isMirrored ? width - 1 - column : column
      return inside(row, inner.shape[1]) * inner.shape[2] + inside(x, inner.shape[2])
    }
    return inner.pixels(at: pixels, of: pictures)
  }

  /// Without the way back to what it was computed from.
  var detached: TappedMap { TappedMap(inner.detached(), border: border) }

  /// The map itself, with its border.
  package var whole: Tensor { border == 0 ? inner : inner.reflected(by: border) }
}
