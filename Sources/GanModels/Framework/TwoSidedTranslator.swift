import GanNN
import GanTensor

/// A model that translates both ways between two sides, A and B.
package protocol TwoSidedTranslator: CyclicTranslator {}

extension TwoSidedTranslator {
  /// What leads to B, or what leads to A.
  /// - Throws: `GanError` (usage) for a target that the model does not have.
  func choose<Part>(_ target: TranslationTarget, aToB: Part, bToA: Part) throws -> Part {
    try require(target)
    return target == .aToB ? aToB : bToA
  }

  /// Of each side a picture, its translation, and that translated back.
  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides()
    let fakeB = try translate(a, to: .aToB, pass), fakeA = try translate(b, to: .bToA, pass)
    return [
      Sample("A", a), Sample("A to B", fakeB), Sample("to A again", try translate(fakeB, to: .bToA, pass)),
      Sample("B", b), Sample("B to A", fakeA), Sample("to B again", try translate(fakeA, to: .aToB, pass)),
    ]
  }
}
