import GanNN
import GanTensor

/// DRIT++'s discriminator of pictures of all domains: it tells real from fake, patch by patch, and finds the domain.
/// Keys `model.<layer>`, and without biases `conv1` (patches) and `conv2` (domains).
package final class LabelledDiscriminator: Module {
  package struct Judgement {
    /// `[N,h,w,1]`. Its border is 0, as the official network has it: it looks past the picture's edge.
    package let patches: Tensor
    /// `[N,domains]`.
    package let domains: Tensor
  }

  private let stack: JudgingStack
  private let patches: Conv2d, domains: Conv2d
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer, doubled by each further one but the last.
  ///   - kernel: of the layer that finds the domain: pixels that are left of a side of the picture.
  package init(_ scope: Scope, inputs: Int, width: Int, layers: Int, kernel: Int, domains count: Int, isSpectral: Bool)
  {
    tensors = scope.tensors
    let outputs = (0..<layers).map { width << min($0, max(0, layers - 2)) }
    stack = JudgingStack(scope["model"], inputs: inputs, outputs: outputs, kernel: 3, isSpectral: isSpectral)
    patches = Conv2d(scope["conv1"], stack.outputs, 1, kernel: 1, padding: 1, bias: false)
    domains = Conv2d(scope["conv2"], stack.outputs, count, kernel: kernel, bias: false)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Judgement {
    let y = stack(tensors.seen(x), pass)
    return Judgement(patches: patches(y), domains: domains(y).globalAverage())
  }
}
