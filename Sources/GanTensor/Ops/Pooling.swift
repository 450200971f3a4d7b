import CKernels
import GanBase

// Pooling and upsampling of pictures `[N,H,W,C]`. All are linear (max pooling in the values it picks), so each
// one's derivative is its adjoint and the adjoint's is itself.

extension Tensor {
  /// Means over `kernel` x `kernel` windows; at the border only pixels of the picture are averaged. The result has
  /// `(H + 2*padding - kernel) / stride + 1` rows, rounded down, and columns likewise.
  package func averagePooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
    averagePooled(PoolGeometry(shape, kernel: kernel, stride: stride, padding: padding))
  }

  private func averagePooled(_ geometry: PoolGeometry) -> Tensor {
    let result = Tensor(uninitialized: geometry.output, type)
    withUnsafePointer(to: geometry.parameters) { pool in
      result.forEachBlockOfRows { picture, first, rows in
        gk_average_pool(
          type.rawValue, pool, rowPointer(picture, 0), first, rows, result.rowPointer(picture, first))
      }
    }
    return result.recorded("average pooling", as: geometry.operation, from: [self]) {
      [$0.gradient.averagePoolAdjoint(geometry)]
    }
  }

  private func averagePoolAdjoint(_ geometry: PoolGeometry) -> Tensor {
    let result = Tensor(uninitialized: geometry.input, type)
    withUnsafePointer(to: geometry.parameters) { pool in
      result.forEachBlockOfRows { picture, first, rows in
        gk_average_pool_adjoint(
          type.rawValue, pool, rowPointer(picture, 0), first, rows, result.rowPointer(picture, first))
      }
    }
    return result.recorded("average pooling adjoint", from: [self]) { [$0.gradient.averagePooled(geometry)] }
  }

  /// Nearest-neighbour upsampling by 2: `[N,2H,2W,C]`.
  package func upsampledTwice() -> Tensor {
    let result = Tensor(uninitialized: [shape[0], 2 * shape[1], 2 * shape[2], shape[3]], type)
    forEachBlockOfRows { picture, first, rows in
      gk_upsample2(
        type.rawValue, rowPointer(picture, first), rows, shape[2], shape[3], result.rowPointer(picture, 2 * first))
    }
    return result.recorded("upsampling", as: .nearestDoubling, from: [self]) { [$0.gradient.summedPairwise()] }
  }

  /// The adjoint of upsampling: sums of 2x2 pixels.
  private func summedPairwise() -> Tensor {
    let result = Tensor(uninitialized: [shape[0], shape[1] / 2, shape[2] / 2, shape[3]], type)
    result.forEachBlockOfRows { picture, first, rows in
      gk_sum_2x2(
        type.rawValue, rowPointer(picture, 2 * first), rows, result.shape[2], shape[3],
        result.rowPointer(picture, first))
    }
    return result.recorded("upsampling adjoint", from: [self]) { [$0.gradient.upsampledTwice()] }
  }

  /// The largest of each 2x2 pixels, per channel; the last row or column of an odd size is dropped.
  package func maxPooledTwice() -> Tensor { pickedPairwise(by: self) }

  /// From each 2x2 pixels the element where `guide`, which is treated as a constant, is largest.
  private func pickedPairwise(by guide: Tensor) -> Tensor {
    let result = Tensor(uninitialized: [shape[0], shape[1] / 2, shape[2] / 2, shape[3]], type)
    result.forEachBlockOfRows { picture, first, rows in
      gk_pick_2x2(
        type.rawValue, guide.rowPointer(picture, 2 * first), rowPointer(picture, 2 * first), rows, shape[2], shape[3],
        result.rowPointer(picture, first))
    }
    return result.recorded("max pooling", from: [self], saving: [guide.detached()]) {
      [$0.gradient.placedPairwise(by: $0.saved[0])]
    }
  }

  /// The opposite of pooling `guide`: each pixel where the largest of 2x2 was, per channel, and zeros elsewhere.
  /// - Parameter guide: of twice the size, odd sizes included.
  package func maxUnpooledTwice(by guide: Tensor) -> Tensor { placedPairwise(by: guide.detached()) }

  private func placedPairwise(by guide: Tensor) -> Tensor {
    let isOdd = guide.shape[1] % 2 == 1
    let result = isOdd ? Tensor.zeros(guide.shape, type: type) : Tensor(uninitialized: guide.shape, type)
    forEachBlockOfRows { picture, first, rows in
      gk_place_2x2(
        type.rawValue, guide.rowPointer(picture, 2 * first), rowPointer(picture, first), rows, guide.shape[2],
        shape[3], result.rowPointer(picture, 2 * first))
    }
    return result.recorded("max pooling adjoint", from: [self], saving: [guide]) {
      [$0.gradient.pickedPairwise(by: $0.saved[0])]
    }
  }

  /// The address of a row of a picture.
  private func rowPointer(_ picture: Int, _ row: Int) -> UnsafeMutableRawPointer {
    pointer(at: (picture * shape[1] + row) * shape[2] * shape[3])
  }

  /// Calls `body(picture, first row, rows)` on the pool for blocks of this tensor's rows.
  private func forEachBlockOfRows(_ body: (Int, Int, Int) -> Void) {
    let mark = OpClock.begin(.rearranging)
    defer { OpClock.end(mark) }
    let height = shape[1], grain = rowsOfBlock(height, of: shape[2] * shape[3])
    let blocks = ceilDiv(height, grain)
    parallel(shape[0] * blocks, grain: 1) { item in
      let (picture, block) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
      body(picture, block * grain, min(grain, height - block * grain))
    }
  }
}

/// The sizes of one pooling.
private struct PoolGeometry {
  let input: Shape, output: Shape
  private let kernel: Int, stride: Int, padding: Int

  init(_ input: Shape, kernel: Int, stride: Int, padding: Int) {
    precondition(input.rank == 4 && stride >= 1 && padding >= 0 && 2 * padding <= kernel, "pooling \(input)")
    func outputs(_ size: Int) -> Int { (size + 2 * padding - kernel) / stride + 1 }
    precondition(input[1] + 2 * padding >= kernel && input[2] + 2 * padding >= kernel, "window wider than \(input)")
    self.input = input
    output = [input[0], outputs(input[1]), outputs(input[2]), input[3]]
    (self.kernel, self.stride, self.padding) = (kernel, stride, padding)
  }

  var operation: GraphOperation { .averagePool(kernel: kernel, stride: stride, padding: padding) }

  var parameters: gk_pool {
    gk_pool(
      height: input[1], width: input[2], out_height: output[1], out_width: output[2], channels: input[3],
      kernel: kernel, stride: stride, padding: padding)
  }
}
