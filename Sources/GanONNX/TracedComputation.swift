import GanBase
import GanTensor

/// A network's computation on a batch of pictures, to be traced.
package struct TracedComputation {
  /// Channels of the pictures, whose input is called `input`.
  package let channels: Int
  /// Further inputs `[N,size]`, such as styles and labels.
  package let vectors: [(name: String, size: Int)]
  /// Is given `[N,H,W,C]` and the vectors.
  package let run: (_ pictures: Tensor, _ vectors: [Tensor]) throws -> Tensor

  package init(
    channels: Int, vectors: [(name: String, size: Int)] = [], run: @escaping (Tensor, [Tensor]) throws -> Tensor
  ) {
    (self.channels, self.vectors, self.run) = (channels, vectors, run)
  }

  /// Sizes of one trace.
  struct Sizes {
    var batch = 1
    var height: Int
    var width: Int
  }

  /// Runs the computation on numbers drawn from `seed`.
  func graph(_ sizes: Sizes, seed: UInt64, names: [GraphTrace.Value: String]) throws -> ONNXGraph {
    var random = RandomStream(seed: seed)
    let shape: Shape = [sizes.batch, sizes.height, sizes.width, channels]
    let pictures = Tensor.uniform(shape, from: &random).scaled(by: 2, plus: -1)
    let extras = vectors.map { (name: $0.name, tensor: Tensor.normal([sizes.batch, $0.size], from: &random)) }
    let inputs = [(name: "input", tensor: pictures)] + extras
    let trace = GraphTrace(inputs: inputs.map(\.tensor))
    let result = try OutOfMemory.guarding { try trace { try run(pictures, extras.map(\.tensor)) } }
    guard trace.isComputed(result) else { throw GanError(.bug, "the traced network does not depend on its input") }
    return try GraphWriter.graph(of: result, in: trace, inputs: inputs, names: names)
  }
}
