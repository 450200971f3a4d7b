import GanNN

/// The pictures that a model takes: their sizes, channels and batches.
package struct ModelInputs {
  /// Channels of A and B; the same for models of domains.
  package var channels: (a: Int, b: Int)
  /// Masks of a picture that a training step takes, as further channels behind those of the picture; 0 for models
  /// without masks. A translation may have any number.
  package var masks = 0
  /// Heights and widths that it translates.
  package var sizeRule: SizeRule
  /// How many times as high and as wide as a picture its translation is. Where that is above 1, training pictures are
  /// of the size of translations, and inputs are made from them.
  package var enlargement = 1
  /// The least height and width of training pictures, discriminators included.
  package var leastTrainingSize: Int
  /// The one height and width of training pictures; nil if they are free.
  package var exactTrainingSize: Int?
  package var batchRule = BatchRule()
  /// Classes of the second data set whose pictures each batch has besides; 0: there is none.
  package var secondClasses = 0
  /// Whether training pictures are scaled straight to the crop in the epochs in which the learning rate falls.
  package var dropsRandomCropWhileDecaying = false

  /// Heights and widths of training pictures, as far as generators decide about them.
  package var pictureRule: SizeRule {
    SizeRule(
      multiple: sizeRule.multiple * enlargement, least: sizeRule.least * enlargement,
      most: sizeRule.most.map { $0 * enlargement })
  }
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
