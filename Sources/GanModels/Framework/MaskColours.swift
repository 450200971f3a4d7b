import GanTensor

extension Tensor {
  /// Of pictures with masks, `[N,H,W,C+M]`, the masks on black, each in a colour of its own: `[N,H,W,3]`, for people to
  /// look at.
  /// - Parameter first: the channel of the first mask.
  package func masksInColour(from first: Int) -> Tensor {
    let black = Tensor(repeating: -1, shape.with(3, at: 3), type: type)
    return (first..<shape[3]).reduce(black) { picture, channel in
      let colour = Tensor(maskColours[(channel - first) % maskColours.count], [1, 1, 1, 3], type: type)
      let mask = sliced(channel..<channel + 1, axis: 3).scaled(by: 0.5, plus: 0.5)
      return picture + (colour - picture) * mask
    }
  }
}

/// Red, green and blue in [-1,1], bright enough to be told from black and from each other.
private let maskColours: [[Double]] = [
  [1, 1, 1], [1, 0.3, -0.6], [-0.4, 0.6, 1], [0.2, 1, -0.4], [1, 0.8, -0.8], [0.8, -0.2, 1], [-0.6, 1, 0.9],
  [1, 0.2, 0.5],
]
