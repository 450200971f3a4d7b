import CKernels
import GanBase

extension Tensor {
  /// The mean of each map of `[N,H,W,C]`: `[N,C]`.
  package func globalAverage() -> Tensor {
    GraphTrace.whole(.globalAverage, from: [self]) { mean(over: [1, 2]).reshaped(to: [shape[0], shape[3]]) }
  }

  /// The largest value of each map of `[N,H,W,C]`: `[N,C]`. The gradient goes to the first pixel that has it.
  package func globalMaximum() -> Tensor {
    let mark = OpClock.begin(.reduction)
    defer { OpClock.end(mark) }
    let samples = shape[0]
    let rows = shape[1] * shape[2]
    let channels = shape[3]
    let result = Tensor(uninitialized: [samples, channels], type)
    let width = 64
    let parts = ceilDiv(channels, width)
    var places = [Int32](repeating: 0, count: samples * channels)
    places.withUnsafeMutableBufferPointer { places in
      guard let base = places.baseAddress else { return }
      parallel(samples * parts, grain: max(1, elementGrain / (rows * width))) { range in
        for item in range {
          let (sample, part) = item.quotientAndRemainder(dividingBy: parts)
          let first = part * width
          let place = sample * channels + first
          gk_column_maxima(
            type.rawValue, pointer(at: sample * rows * channels + first), rows, channels, min(width, channels - first),
            result.pointer(at: place), base + place)
        }
      }
    }
    return result.recorded("global maximum", as: .globalMaximum, from: [self]) { [shape, places] in
      [$0.gradient.placed(at: places, in: shape)]
    }
  }

  /// `[N,C]` at one pixel of each map of `shape`, zeros elsewhere.
  private func placed(at places: [Int32], in shape: Shape) -> Tensor {
    let result = Tensor.zeros(shape, type: type)
    forEachPlace(places, shape) { index, place in
      result.pointer(at: place).copyMemory(from: pointer(at: index), byteCount: type.size)
    }
    return result.recorded("place", from: [self]) { [$0.gradient.picked(at: places)] }
  }

  /// The adjoint: one element of each map, `[N,C]`.
  private func picked(at places: [Int32]) -> Tensor {
    let result = Tensor(uninitialized: [shape[0], shape[3]], type)
    forEachPlace(places, shape) { index, place in
      result.pointer(at: index).copyMemory(from: pointer(at: place), byteCount: type.size)
    }
    return result.recorded("pick", from: [self]) { [shape] in [$0.gradient.placed(at: places, in: shape)] }
  }

  private func forEachPlace(_ places: [Int32], _ shape: Shape, _ body: (Int, Int) -> Void) {
    if DryRun.isOn { return }
    let rows = shape[1] * shape[2]
    let channels = shape[3]
    for (index, place) in places.enumerated() {
      let (sample, channel) = index.quotientAndRemainder(dividingBy: channels)
      body(index, (sample * rows + Int(place)) * channels + channel)
    }
  }
}
