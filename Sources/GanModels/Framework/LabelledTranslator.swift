import GanNN
import GanTensor

/// A model of domains whose generator learns from a label where to translate.
package protocol LabelledTranslator: ImageTranslator {
  /// What the numbers of a label stand for: the domains, and what else the generator is told.
  var labelNames: [String] { get }

  /// - Parameters:
  ///   - label: `[N,labelNames]`, 1 for what the result should be and 0 elsewhere.
  ///   - attribute: of each picture, for models that have attributes (see `MultimodalTranslator`).
  func translate(_ pictures: Tensor, label: Tensor, attribute: Tensor?, _ pass: Pass) throws -> Tensor
}

extension LabelledTranslator {
  package var labelNames: [String] { domains }
}
