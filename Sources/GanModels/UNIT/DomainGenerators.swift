import GanNN
import GanTensor

/// UNIT and MUNIT: an autoencoder for each domain; a code of either can be decoded by both.
package protocol AutoencoderTranslator: TwoSidedTranslator {
  associatedtype Generator: Module
  /// The autoencoders of A and B.
  var gen: DomainGenerators<Generator> { get }
}

/// The autoencoders of both domains with their optimizer.
package struct DomainGenerators<Generator: Module> {
  package let a: Generator, b: Generator
  let optimizer: Optimizer

  init(
    _ options: UNITNetworkOptions, channels: (a: Int, b: Int), _ training: OptimizerOptions, _ make: ModelBuilder,
    _ generator: (Scope, _ channels: Int) -> Generator
  ) {
    a = make.network("gen_a", options.initialization) { generator($0, channels.a) }
    b = make.network("gen_b", options.initialization) { generator($0, channels.b) }
    optimizer = make.optimizer("gen", training.generator, over: a, b)
  }
}

extension AutoencoderTranslator {
  /// The autoencoder that encodes, and the one that decodes.
  func generators(for target: TranslationTarget) throws -> (source: Generator, goal: Generator) {
    try choose(target, aToB: (gen.a, gen.b), bToA: (gen.b, gen.a))
  }

  /// The decoder's network; the encoder's is the other one.
  package func generator(for target: TranslationTarget) throws -> TensorStore {
    try generators(for: target).goal.tensors
  }
}
