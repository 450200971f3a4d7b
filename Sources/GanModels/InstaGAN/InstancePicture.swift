import GanNN
import GanTensor

/// A picture with the masks of its instances, a set without order.
package struct InstancePicture {
  /// `[1,H,W,C]` in [-1,1].
  package var picture: Tensor
  /// `[K,H,W,1]` in [-1,1], 1 where the instance is; nil if there are none. All of them mark something.
  package var masks: Tensor?

  package init(_ picture: Tensor, masks: Tensor?) { (self.picture, self.masks) = (picture, masks) }

  package var count: Int { masks?.shape[0] ?? 0 }

  /// Some of the masks.
  func group(_ range: Range<Int>) -> InstancePicture {
    InstancePicture(picture, masks: range.isEmpty ? nil : masks?.sliced(range, axis: 0))
  }

  /// The masks a few at a time, each time with the picture.
  package func groups(of size: Int) -> [InstancePicture] {
    stride(from: 0, to: count, by: size).map { group($0..<min($0 + size, count)) }
  }

  /// The same with masks in another order, or fewer.
  func selecting(_ indices: [Int]) -> InstancePicture {
    InstancePicture(picture, masks: indices.isEmpty ? nil : masks?.rows(indices))
  }

  /// The same with further masks before its own.
  func adding(_ others: [Tensor]) -> InstancePicture {
    let all = others + (masks.map { [$0] } ?? [])
    return InstancePicture(picture, masks: all.isEmpty ? nil : all.count == 1 ? all[0] : .concatenated(all, axis: 0))
  }

  func detached() -> InstancePicture { InstancePicture(picture.detached(), masks: masks?.detached()) }
}

// MARK: As one tensor

extension InstancePicture {
  /// `[1,H,W,C+slots]`: the picture, then the masks, then empty ones.
  package func joined(slots: Int = 0) -> Tensor {
    var parts = [picture] + (masks.map { [$0.channelsOfRows] } ?? [])
    if slots > count {
      parts.append(Tensor(repeating: -1, picture.shape.with(slots - count, at: 3), type: picture.type))
    }
    return parts.count == 1 ? picture : .concatenated(parts, axis: 3)
  }

  /// The inverse for a tensor that has no empty masks.
  init(joined tensor: Tensor, channels: Int) {
    let all = tensor.shape[3]
    guard all > channels else {
      self.init(tensor, masks: nil)
      return
    }
    self.init(
      tensor.sliced(0..<channels, axis: 3), masks: tensor.sliced(channels..<all, axis: 3).channelsOfRows)
  }

  /// The pictures of `[N,H,W,C+slots]` with those of their masks that mark something, the largest first.
  /// - Returns: also the slot that each of these masks has.
  package static func all(in tensor: Tensor, channels: Int) -> [(picture: InstancePicture, slots: [Int])] {
    let tensor = tensor.detached()
    return (0..<tensor.shape[0]).map { index in
      let one = InstancePicture(joined: tensor.sliced(index..<index + 1, axis: 0), channels: channels)
      let slots = one.masks?.largestFirst ?? []
      return (one.selecting(slots), slots)
    }
  }
}

extension Tensor {
  /// `[1,H,W,K]` of `[K,H,W,1]`, and the other way round.
  fileprivate var channelsOfRows: Tensor {
    // Without a copy where the order in memory is the same.
    shape[0] == 1 && shape[3] == 1 ? self : permuted([3, 1, 2, 0])
  }

  /// The rows of masks `[K,H,W,1]` that mark something, by what they cover. A mask that fills the picture tells
  /// nothing: features of a constant picture are amplified rounding errors.
  fileprivate var largestFirst: [Int] {
    let means = mean(over: [1, 2, 3]).doubles
    return means.indices.filter { means[$0] > -1 && means[$0] < 1 }
      .sorted { (means[$1], $0) < (means[$0], $1) }
  }

  /// How much of each pixel the masks `[K,H,W,1]` cover together, not more than 1: `[1,H,W,1]` in [0,1].
  package var coverage: Tensor { 1 - uncovered }

  /// What they leave of each pixel.
  var uncovered: Tensor { (1 - scaled(by: 0.5, plus: 0.5).sum(over: [0])).relu() }
}
