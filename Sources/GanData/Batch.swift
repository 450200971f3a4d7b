import GanBase

/// Pictures of one size as the networks take them.
package struct PictureBatch: Equatable, Sendable {
  package let count: Int
  package let height: Int
  package let width: Int
  package let channels: Int
  /// [N,H,W,C] in [-1,1].
  package let values: [Float]

  package init(count: Int, height: Int, width: Int, channels: Int, values: [Float]) {
    precondition(values.count == count * height * width * channels, "values do not fill the batch")
    (self.count, self.height, self.width, self.channels, self.values) = (count, height, width, channels, values)
  }
}

/// A position in the endless sequence of items: `index` items of epoch `epoch` (from 0) have been taken.
package struct DataPosition: Equatable, Hashable, Sendable {
  package var epoch: Int
  package var index: Int

  package init(epoch: Int = 0, index: Int = 0) { (self.epoch, self.index) = (epoch, index) }
}

/// What one training step sees.
package struct Batch: Equatable, Sendable {
  /// What the step sees of a second data set: one batch, or none.
  package var second: [Batch] = []
  /// Side A, or the only side.
  package let a: PictureBatch
  /// Side B; nil in the modes domains and attributes, and in the mode single unless inputs are made from pictures.
  package let b: PictureBatch?
  /// The masks of each side as channels, for models that need them: 1 where an instance is, -1 elsewhere.
  package var masksA: PictureBatch?, masksB: PictureBatch?
  /// The files of each side, in order.
  package let pathsA: [FilePath]
  package let pathsB: [FilePath]
  /// For each picture a row over the data set's domains, 0 or 1: what it is of. Empty in modes without labels.
  package let labels: [[Float]]
  /// For each picture of a side the boxes of what it shows, in its pixels; nil where they are not wanted.
  package var boxesA: [[Box]]?
  package var boxesB: [[Box]]?
  package let direction: Direction
  /// Where this batch begins, and where the next one does: what a checkpoint keeps.
  package let position: DataPosition
  package let following: DataPosition
  /// Pictures that could not be used and were replaced by others.
  package var skipped: [Diagnostic] = []

  package var count: Int { a.count }
  /// Whether it is the last of its epoch.
  package var endsEpoch: Bool { following.epoch != position.epoch }
  /// The side that is the model's input.
  package var input: PictureBatch { direction == .aToB ? a : b ?? a }
  package var inputMasks: PictureBatch? { direction == .aToB ? masksA : masksB }
  package var targetMasks: PictureBatch? { direction == .aToB ? masksB : masksA }
  /// The boxes of the side that is the model's input, and of the other one.
  package var inputBoxes: [[Box]]? { direction == .aToB ? boxesA : boxesB }
  package var targetBoxes: [[Box]]? { direction == .aToB ? boxesB : boxesA }
  /// The other side.
  package var target: PictureBatch? { direction == .aToB ? b : b.map { _ in a } }
}
