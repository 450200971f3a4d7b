import CKernels
import GanBase

/// Pooling of bordered maps by 3x3 windows.
package enum MapPooling {
  case maximum, average

  /// A maximum includes the zeros of the border, so the values must not be negative if `padding` is 1; an average
  /// counts only pixels of the map.
  /// - Parameter hasReLU: applies ReLU to averages.
  package func callAsFunction(
    _ x: BorderedMap, stride: Int, padding: Int, into part: MapPart, hasReLU: Bool = false
  ) {
    let y = part.map
    func outputs(_ size: Int) -> Int { (size + 2 * padding - 3) / stride + 1 }
    precondition(x.border >= padding && (0...1).contains(padding) && (padding == 0 || stride == 1 || self == .maximum))
    precondition(y.height == outputs(x.height) && y.width == outputs(x.width), "an output of another size")
    precondition(y.images == x.images && part.channels.count == x.channels, "a part of other channels")
    precondition(padding == 0 || (x.height > 1 && x.width > 1), "a window without a real row")
    ThreadPool.shared.run(y.images * y.height) { item in
      let (image, row) = item.quotientAndRemainder(dividingBy: y.height)
      var parameters = gk_map_pool(
        x: x.pixel(image, -padding, -padding), x_row: x.rowStep, x_pixel: x.channels, stride: stride, rows: y.height,
        columns: y.width, channels: x.channels, y_pixel: y.channels, padded: padding == 0 ? 0 : 1,
        average: self == .average ? 1 : 0, relu: hasReLU ? 1 : 0)
      gk_pool_map_3x3(&parameters, row, y.pixel(image, row, 0) + part.channels.lowerBound)
    }
  }

  /// A new map.
  package func callAsFunction(_ x: BorderedMap, stride: Int, padding: Int = 0, border: Int = 0) -> BorderedMap {
    let y = BorderedMap(
      images: x.images, height: (x.height + 2 * padding - 3) / stride + 1,
      width: (x.width + 2 * padding - 3) / stride + 1, channels: x.channels, border: border)
    self(x, stride: stride, padding: padding, into: MapPart(y))
    return y
  }
}
