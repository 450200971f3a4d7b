import GanBase

/// Pictures of one size as the networks take them.
public struct PictureBatch: Equatable, Sendable {
  public let count: Int
  public let height: Int
  public let width: Int
  public let channels: Int
  /// [N,H,W,C] in [-1,1].
  public let values: [Float]

  public init(count: Int, height: Int, width: Int, channels: Int, values: [Float]) {
    precondition(values.count == count * height * width * channels, "values do not fill the batch")
    (self.count, self.height, self.width, self.channels, self.values) = (count, height, width, channels, values)
  }
}

/// A place in the endless sequence of items: `index` items of epoch `epoch` (from 0) have been taken.
public struct DataPosition: Equatable, Hashable, Sendable {
  public var epoch: Int
  public var index: Int

  public init(epoch: Int = 0, index: Int = 0) { (self.epoch, self.index) = (epoch, index) }
}

/// What one training step sees.
public struct Batch: Equatable, Sendable {
  /// Side A, or the only side.
  public let a: PictureBatch
  /// Side B; nil in the modes domains, attributes and single.
  public let b: PictureBatch?
  /// The files of each side, in order.
  public let pathsA: [FilePath]
  public let pathsB: [FilePath]
  /// For each picture a row over the data set's domains, 0 or 1: what it is of. Empty in modes without labels.
  public let labels: [[Float]]
  public let direction: Direction
  /// Where this batch begins, and where the next one does: what a checkpoint keeps.
  public let position: DataPosition
  public let following: DataPosition
  /// Pictures that could not be used and have others in their places.
  public var skipped: [Diagnostic] = []

  public var count: Int { a.count }
  /// Whether it is the last of its epoch.
  public var endsEpoch: Bool { following.epoch != position.epoch }
  /// The side that is the model's input.
  public var input: PictureBatch { direction == .aToB ? a : b ?? a }
  /// The other side.
  public var target: PictureBatch? { direction == .aToB ? b : b.map { _ in a } }
}
