import CKernels
import GanBase

/// Which elements share a mean and a variance, per channel.
package enum MomentGroups: Sendable {
  /// All of N, H, W: batch norm.
  case batch
  /// H, W of each sample: instance norm, and norms derived from it (layer norm, AdaIN, ILN).
  case sample
}

/// A `[N,H,W,C]` tensor seen as `groups` x `rows` x `channels`.
struct NormalizeLayout {
  let groups: Int, rows: Int, channels: Int

  init(_ shape: Shape, _ kind: MomentGroups) {
    channels = shape[-1]
    groups = kind == .sample ? shape[0] : 1
    rows = shape.count / (channels * groups)
  }

  var vectors: Shape { [groups, channels] }

  /// Calls `body(group, first row, rows)` on the pool, for blocks that do not change what it computes.
  func forEachBlock(_ body: (Int, Int, Int) -> Void) { forEachBlock(of: rowsOfBlock(rows, of: channels), body) }

  private func forEachBlock(of grain: Int, _ body: (Int, Int, Int) -> Void) {
    let blocks = ceilDiv(rows, grain)
    parallel(groups * blocks, grain: 1) { item in
      let (group, block) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
      body(group, block * grain, min(grain, rows - block * grain))
    }
  }

  /// Two sums per channel and group, `body` adding those of one block: ([groups,C], [groups,C]) as doubles.
  func sums(_ body: (_ group: Int, _ first: Int, _ rows: Int, UnsafeMutablePointer<Double>) -> Void) -> [[Double]] {
    let grain = max(1, elementGrain / channels), blocks = ceilDiv(rows, grain)
    let partials = Partials(count: groups * blocks, width: 2 * channels)
    forEachBlock(of: grain) { group, first, count in body(group, first, count, partials[group * blocks + first / grain])
    }
    return (0..<groups).map { group in
      let total = partials.total(of: group * blocks..<(group + 1) * blocks)
      return Array(UnsafeBufferPointer(start: total, count: 2 * channels))
    }
  }
}

extension Tensor {
  /// Mean and biased variance per channel and group, each `[groups,C]`. Sums are of differences from
  /// the group's first pixel, which keeps them accurate if the mean is large.
  func momentsKernel(_ kind: MomentGroups) -> (mean: Tensor, variance: Tensor) {
    let layout = NormalizeLayout(shape, kind), channels = layout.channels
    let sums = layout.sums { group, first, rows, sums in
      let start = group * layout.rows * channels
      gk_moment_sums(type.rawValue, pointer(at: start + first * channels), rows, channels, pointer(at: start), sums)
    }
    var means: [Double] = [], variances: [Double] = []
    for (group, sum) in sums.enumerated() {
      let start = group * layout.rows * channels
      for channel in 0..<channels {
        let mean = sum[channel] / Double(layout.rows)
        means.append(element(start + channel) + mean)
        variances.append(max(0, sum[channels + channel] / Double(layout.rows) - mean * mean))
      }
    }
    return (Tensor(means, layout.vectors, type: type), Tensor(variances, layout.vectors, type: type))
  }

  private func element(_ index: Int) -> Double {
    if DryRun.isOn { return 0 }
    return type == .float32
      ? Double(pointer(at: index).load(as: Float.self)) : pointer(at: index).load(as: Double.self)
  }

  /// `act((x - center) * scale + shift) [+ residual]`; the vectors are `[groups,C]`.
  func normalizeKernel(
    _ kind: MomentGroups, center: Tensor, scale: Tensor, shift: Tensor, slope: Double, residual: Tensor?
  ) -> Tensor {
    let layout = NormalizeLayout(shape, kind), channels = layout.channels
    precondition([center, scale, shift].allSatisfy { $0.count == layout.groups * channels })
    let result = Tensor(uninitialized: shape, type)
    layout.forEachBlock { group, first, rows in
      let offset = (group * layout.rows + first) * channels, vector = group * channels
      gk_normalize(
        type.rawValue, pointer(at: offset), rows, channels, center.pointer(at: vector), scale.pointer(at: vector),
        shift.pointer(at: vector), slope, residual.map { UnsafeRawPointer($0.pointer(at: offset)) },
        result.pointer(at: offset))
    }
    return result
  }

  /// The gradients of `scale` and `shift` for this gradient of the result.
  func normalizeVectorGradients(
    _ kind: MomentGroups, x: Tensor, center: Tensor, scale: Tensor, shift: Tensor, slope: Double
  ) -> (scale: Tensor, shift: Tensor) {
    let layout = NormalizeLayout(shape, kind), channels = layout.channels
    let sums = layout.sums { group, first, rows, sums in
      let offset = (group * layout.rows + first) * channels, vector = group * channels
      gk_normalize_gradient_sums(
        type.rawValue, pointer(at: offset), x.pointer(at: offset), rows, channels, center.pointer(at: vector),
        scale.pointer(at: vector), shift.pointer(at: vector), slope, sums)
    }
    return (
      Tensor(sums.flatMap { $0[channels...] }, layout.vectors, type: type),
      Tensor(sums.flatMap { $0[..<channels] }, layout.vectors, type: type)
    )
  }

  /// The gradient of `x`: `dz * scale + (x - center) * slopeTerm + constantTerm`.
  func normalizeInputGradient(
    _ kind: MomentGroups, x: Tensor, center: Tensor, scale: Tensor, shift: Tensor, slope: Double, slopeTerm: Tensor,
    constantTerm: Tensor
  ) -> Tensor {
    let layout = NormalizeLayout(shape, kind), channels = layout.channels
    let result = Tensor(uninitialized: shape, type)
    layout.forEachBlock { group, first, rows in
      let offset = (group * layout.rows + first) * channels, vector = group * channels
      gk_normalize_gradient(
        type.rawValue, pointer(at: offset), x.pointer(at: offset), rows, channels, center.pointer(at: vector),
        scale.pointer(at: vector), shift.pointer(at: vector), slope, slopeTerm.pointer(at: vector),
        constantTerm.pointer(at: vector), result.pointer(at: offset))
    }
    return result
  }
}
