import GanNN
import GanTensor

/// A model that translates both ways between two sides, A and B.
public protocol TwoSidedTranslator: CyclicTranslator {}

extension TwoSidedTranslator {
  /// What leads to B, or what leads to A.
  /// - Throws: `GanError` (usage) for a target that the model does not have.
  func choose<Part>(_ target: TranslationTarget, aToB: Part, bToA: Part) throws -> Part {
    try require(target)
    return target == .aToB ? aToB : bToA
  }

  /// Of each side a picture, its translation, and that translated back.
  public func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let fakeB = try translate(batch.a, to: .aToB, pass), fakeA = try translate(batch.b, to: .bToA, pass)
    return [
      Sample("A", batch.a), Sample("A to B", fakeB), Sample("to A again", try translate(fakeB, to: .bToA, pass)),
      Sample("B", batch.b), Sample("B to A", fakeA), Sample("to B again", try translate(fakeA, to: .aToB, pass)),
    ]
  }
}
