import GanTensor

/// A map as coloured pictures: blue for its smallest value, red for its largest, each sample by itself. Official
/// programs show attention like this.
/// - Parameters:
///   - map: `[N,h,w,1]`.
///   - size: the height and width to enlarge to, bilinearly.
/// - Returns: `[N,height,width,3]` in [-1,1].
func heatmapPictures(_ map: Tensor, height: Int, width: Int) -> Tensor {
  if DryRun.isOn { return .zeros([map.shape[0], height, width, 3], type: map.type) }
  let rows = map.shape[1]
  let columns = map.shape[2]
  let values = map.floats
  let vertical = blends(height, from: rows)
  let horizontal = blends(width, from: columns)
  var colours: [Float] = []
  colours.reserveCapacity(map.shape[0] * height * width * 3)
  for sample in 0..<map.shape[0] {
    let levels = Array(values[(sample * rows * columns)..<((sample + 1) * rows * columns)])
    let least = levels.min() ?? 0
    let range = max((levels.max() ?? 0) - least, 1e-12)
    for y in vertical {
      for x in horizontal {
        let above = x.mix(levels[y.first * columns + x.first], levels[y.first * columns + x.second])
        let below = x.mix(levels[y.second * columns + x.first], levels[y.second * columns + x.second])
        colours += jet((y.mix(above, below) - least) / range)
      }
    }
  }
  return Tensor(colours, [map.shape[0], height, width, 3], type: map.type)
}

/// Two neighbours on an axis and how much the second one counts.
private struct Blend {
  let first: Int, second: Int
  let share: Float

  func mix(_ a: Float, _ b: Float) -> Float { a + (b - a) * share }
}

/// Pixel centres of an axis of `size` among those of one of `source`.
private func blends(_ size: Int, from source: Int) -> [Blend] {
  (0..<size).map { index in
    let place = min(max((Float(index) + 0.5) * Float(source) / Float(size) - 0.5, 0), Float(source - 1))
    let first = Int(place)
    return Blend(first: first, second: min(first + 1, source - 1), share: place - Float(first))
  }
}

/// The "jet" colours from blue over cyan, yellow and red to dark red, in [-1,1].
private func jet(_ level: Float) -> [Float] {
  [3, 2, 1].map { peak in 2 * min(max(1.5 - abs(4 * level - peak), 0), 1) - 1 }
}
