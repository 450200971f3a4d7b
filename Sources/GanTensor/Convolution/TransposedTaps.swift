import CKernels
import GanBase

// Weights with inputs and outputs swapped, as the gradient of a convolution's input reads them.

extension Tensor {
  /// `[kh,kw,I,O]` as `[kh,kw,O,I]`.
  func transposedTaps() -> Tensor {
    transposedTaps(Array(0..<shape[0]), Array(0..<shape[1])).reshaped(to: [shape[0], shape[1], shape[3], shape[2]])
  }

  /// Taps of `[kh,kw,I,O]` in the given order, each transposed: `[taps*O, I]`.
  func transposedTaps(_ rows: [Int], _ columns: [Int]) -> Tensor {
    let inputs = shape[2], outputs = shape[3]
    let result = Tensor(uninitialized: [rows.count * columns.count * outputs, inputs], type)
    let strip = 64
    let strips = ceilDiv(inputs, strip)
    parallelRows(rows.count * columns.count * strips, of: strip * outputs) { range in
      for item in range {
        let (tap, index) = item.quotientAndRemainder(dividingBy: strips)
        let (ky, kx) = (rows[tap / columns.count], columns[tap % columns.count])
        let first = index * strip
        gk_transpose(
          type.rawValue, pointer(at: ((ky * shape[1] + kx) * inputs + first) * outputs), outputs,
          result.pointer(at: tap * outputs * inputs + first), inputs, min(strip, inputs - first), outputs)
      }
    }
    return result
  }

  /// `[kh,kw,I,O]` turned by 180 degrees, with inputs and outputs swapped: `[kh,kw,O,I]`.
  func reversed() -> Tensor {
    transposedTaps((0..<shape[0]).reversed(), (0..<shape[1]).reversed())
      .reshaped(to: [shape[0], shape[1], shape[3], shape[2]])
  }
}
