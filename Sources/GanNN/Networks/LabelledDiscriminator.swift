import GanTensor

/// DRIT++'s discriminator of pictures of all domains: it tells real from fake, patch by patch, and finds the domain.
/// Keys `model.<layer>`, and without biases `conv1` (patches) and `conv2` (domains).
public final class LabelledDiscriminator {
  public struct Judgement {
    /// `[N,h,w,1]`. Its border is 0, as the official network has it: it looks past the picture's edge.
    public let patches: Tensor
    /// `[N,domains]`.
    public let domains: Tensor
  }

  private let stack: JudgingStack
  private let patches: Conv2d, domains: Conv2d

  /// - Parameters:
  ///   - width: channels of the first layer, doubled by each further one but the last.
  ///   - kernel: of the layer that finds the domain: pixels that are left of a side of the picture.
  public init(_ scope: Scope, inputs: Int, width: Int, layers: Int, kernel: Int, domains count: Int, isSpectral: Bool) {
    let outputs = (0..<layers).map { width << min($0, max(0, layers - 2)) }
    stack = JudgingStack(scope["model"], inputs: inputs, outputs: outputs, kernel: 3, isSpectral: isSpectral)
    patches = Conv2d(scope["conv1"], stack.outputs, 1, kernel: 1, padding: 1, bias: false)
    domains = Conv2d(scope["conv2"], stack.outputs, count, kernel: kernel, bias: false)
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Judgement {
    let y = stack(x, pass)
    return Judgement(patches: patches(y), domains: domains(y).globalAverage())
  }
}
