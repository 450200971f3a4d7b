import GanNN

/// The pictures that a model takes: their sizes, channels and batches.
package struct ModelInputs {
  /// Channels of A and B; the same for models of domains.
  package var channels: (a: Int, b: Int)
  /// Heights and widths that it translates.
  package var sizeRule: SizeRule
  /// The least height and width of training pictures, discriminators included.
  package var leastTrainingSize: Int
  /// The one height and width of training pictures; nil if they are free.
  package var exactTrainingSize: Int?
  package var batchRule = BatchRule()
  /// Whether training pictures are scaled straight to the crop in the epochs in which the learning rate falls.
  package var dropsRandomCropWhileDecaying = false
}

/// Which batches a model can be trained on.
package struct BatchRule: Equatable, Sendable, CustomStringConvertible {
  /// The number of pictures must be a multiple of this.
  package var multiple = 1
  package var least = 1
  /// Whether an incomplete last batch of an epoch is left out.
  package var dropsIncomplete = false

  /// What a batch must be.
  package var description: String { multiple == 1 ? "at least \(least)" : "a multiple of \(multiple)" }
}
