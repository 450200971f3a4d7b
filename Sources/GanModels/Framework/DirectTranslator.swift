import GanNN
import GanTensor

/// A model whose translation is one pass through one network.
package protocol DirectTranslator: ImageTranslator {
  /// - Throws: `GanError` (usage) for a target that the model does not have.
  func network(for target: TranslationTarget) throws -> any Network
}

extension DirectTranslator {
  package func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let network = try network(for: target)
    return network(pictures, pass)
  }

  package func generator(for target: TranslationTarget) throws -> TensorStore { try network(for: target).tensors }
}
