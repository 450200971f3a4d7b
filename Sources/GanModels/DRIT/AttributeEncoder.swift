import GanNN
import GanTensor

/// What an attribute encoder says of pictures: a Gaussian over attribute vectors, or just a vector.
package struct AttributeCode {
  /// `[N,attributes]`.
  package let mean: Tensor
  /// Logarithm of the variance; nil for a code that is not random.
  package let logVariance: Tensor?

  /// A vector drawn from the Gaussian with `noise`, standard normal numbers of the mean's shape.
  package func sampled(_ noise: (Shape) -> Tensor) -> Tensor {
    guard let logVariance else { return mean }
    return mean + (logVariance * 0.5).exp() * noise(mean.shape)
  }

  /// The divergence from the standard Gaussian, summed over everything; of a vector, its mean square.
  package var divergence: Tensor {
    guard let logVariance else { return mean.squared().mean() }
    return (logVariance - mean.squared() - logVariance.exp() + 1).sum() * -0.5
  }
}

/// From a picture to its attribute: what differs between pictures of one content and domain.
package protocol AttributeEncoder: Module {
  func callAsFunction(_ x: Tensor) -> AttributeCode
}

/// The least height and width whose attribute can be encoded: both kinds of encoder halve four times.
package let leastAttributeSize = 16

/// The encoder that goes with `ConcatDecoder`: residual blocks, then a mean and a variance.
package final class GaussianAttributeEncoder: AttributeEncoder {
  private let first: Conv2d
  private let blocks: [HalvingBlock]
  private let mean: Linear, logVariance: Linear
  package let tensors: TensorStore

  /// - Parameters:
  ///   - list: of convolutions.
  ///   - width: channels of the first layer; each block adds as many.
  package init(list: Scope, mean: Scope, logVariance: Scope, inputs: Int, width: Int, attributes: Int) {
    tensors = list.tensors
    first = Conv2d(list[1], inputs, width, kernel: 4, stride: 2, padding: 1, mode: .reflect)
    blocks = (1...3).map { HalvingBlock(list[$0 + 1], $0 * width, ($0 + 1) * width) }
    self.mean = Linear(mean[0], 4 * width, attributes)
    self.logVariance = Linear(logVariance[0], 4 * width, attributes)
  }

  package func callAsFunction(_ x: Tensor) -> AttributeCode {
    let y = blocks.reduce(first(x)) { $1($0) }.leakyReLU(slope: 0.2).globalAverage()
    return AttributeCode(mean: mean(y), logVariance: logVariance(y))
  }
}

/// The encoder that goes with `MixingDecoder`: convolutions, then a vector.
package final class PlainAttributeEncoder: AttributeEncoder {
  private let convolutions: [Conv2d]
  private let last: Conv2d
  package let tensors: TensorStore

  /// - Parameter list: of layers, where paddings and activations take a place each.
  package init(_ list: Scope, inputs: Int, width: Int, attributes: Int) {
    tensors = list.tensors
    let first = Conv2d(list[1], inputs, width, kernel: 7, padding: 3, mode: .reflect)
    convolutions =
      [first]
      + (0..<4).map { level in
        Conv2d(
          list[4 + 3 * level], width << min(level, 2), width << min(level + 1, 2), kernel: 4, stride: 2, padding: 1,
          mode: .reflect)
      }
    last = Conv2d(list[16], 4 * width, attributes, kernel: 1)
  }

  package func callAsFunction(_ x: Tensor) -> AttributeCode {
    let y = last(convolutions.reduce(x) { $1($0).relu() }.mean(over: [1, 2]))
    return AttributeCode(mean: y.reshaped(to: [y.shape[0], y.shape[3]]), logVariance: nil)
  }
}

/// The attribute encoders of both domains of DRIT, which its official program keeps in one file.
package final class DomainAttributeEncoders: Module {
  package let a: any AttributeEncoder, b: any AttributeEncoder
  package let tensors: TensorStore

  init(_ scope: Scope, _ networks: DRITNetworkOptions, channels: (a: Int, b: Int)) {
    tensors = scope.tensors
    a = networks.attributeEncoder(scope, inputs: channels.a, domain: .a)
    b = networks.attributeEncoder(scope, inputs: channels.b, domain: .b)
  }
}
