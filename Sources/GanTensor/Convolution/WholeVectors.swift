import CKernels
import GanBase

// Winograd's kernels work on 16 channels at a time. Other numbers of channels are padded with zeros, which costs two
// passes over the pictures.

/// The number of channels rounded up to whole vectors.
func wholeVectors(_ channels: Int) -> Int { nextMultiple(of: 16, from: channels) }

extension Tensor {
  /// Pictures `[N,H,W,C]` with `channels` channels: truncated, or padded with zeros. A constant.
  func withChannels(_ channels: Int) -> Tensor {
    resized(shape[3], to: channels).reshaped(to: shape.with(channels, at: 3))
  }

  /// A kernel `[kh,kw,I,O]` with these numbers of channels.
  func withChannels(_ inputs: Int, _ outputs: Int) -> Tensor {
    resized(shape[3], to: outputs).resized(shape[2] * outputs, to: inputs * outputs)
      .reshaped(to: [shape[0], shape[1], inputs, outputs])
  }

  /// Each run of `size` elements truncated or padded with zeros to `newSize`: `[runs, newSize]`.
  private func resized(_ size: Int, to newSize: Int) -> Tensor {
    let runs = count / size
    guard size != newSize else { return Tensor(shape: [runs, size], type: type, storage: storage, node: nil) }
    let kept = min(size, newSize)
    let result = Tensor(uninitialized: [runs, newSize], type)
    parallelRows(runs, of: newSize) { range in
      let from = pointer(at: range.lowerBound * size), to = result.pointer(at: range.lowerBound * newSize)
      gk_copy_rows(type.rawValue, from, size, to, newSize, range.count, kept)
      guard newSize > kept else { return }
      for run in 0..<range.count {
        (to + (run * newSize + kept) * type.size)
          .initializeMemory(as: UInt8.self, repeating: 0, count: (newSize - kept) * type.size)
      }
    }
    return result
  }
}
