import GanNN
import GanTensor

/// The network F of CUT, `mlp_sample` in the official program: for each tap two layers that turn the vector of a pixel
/// into a unit vector. It is used in training alone.
package final class PatchEmbedding: Module {
  private let layers: [(first: Linear, second: Linear)]
  package let tensors: TensorStore

  /// - Parameters:
  ///   - inputs: channels of each tap.
  ///   - width: of the unit vectors.
  init(_ scope: Scope, inputs: [Int], width: Int) {
    tensors = scope.tensors
    layers = inputs.enumerated().map { number, channels in
      let list = scope["mlp_\(number)"]
      return (Linear(list[0], channels, width), Linear(list[2], width, width))
    }
  }

  /// From vectors `[count,C]` of the tap with this number in the list of taps to `[count,width]`.
  func callAsFunction(_ vectors: Tensor, tap number: Int) -> Tensor {
    let (first, second) = layers[number]
    let y = second(first(vectors).relu())
    // The tiny number gives a vector of zeros the gradient 0 and changes no other.
    let length = (y.squared().sum(over: [1]) + 1e-36).squareRoot()
    return y / (length + 1e-7)
  }
}
