import GanNN
import GanTensor

/// The discriminator of NICE-GAN (Chen et al. 2020, figure 2), whose first layers are also the encoder of its domain.
package final class NICEGANDiscriminator: Module {
  /// What is said of a picture. Logits without sigmoid.
  package struct Judgement {
    /// The map of the small receptive field, and that of the large one, `[N,h,w,1]`.
    package let local: Tensor, global: Tensor
    /// Of the attention classifier, `[N,1]`.
    package let cam: Tensor
    /// What generators start from, `[N,H/4,W/4,2*width]`.
    package let code: Tensor
  }

  private let model: SpectralStack
  private let fc: SpectralLinear, conv1x1: Conv2d, lamda: Tensor
  private let shared: SpectralStack
  private let local: SpectralStack, localLast: SpectralConv2d
  private let global: SpectralStack, globalEnd: SpectralStack, globalLast: SpectralConv2d
  /// The least picture that can be judged; encoding needs less.
  package let leastSize: Int
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer (ch).
  ///   - layers: n_dis, at least 6: two convolutions of stride 2 in the encoder, then `layers - 6`, then two.
  package init(_ scope: Scope, inputs: Int, width: Int, layers: Int) {
    tensors = scope.tensors
    model = SpectralStack(scope["model"], from: 1, inputs: inputs, outputs: [width, 2 * width], stride: 2)
    fc = SpectralLinear(scope["fc"], 4 * width, 1)
    conv1x1 = Conv2d(scope["conv1x1"], 4 * width, 2 * width, kernel: 1)
    lamda = scope.parameter("lamda", [1], .constant(0))
    let middle = width << (layers - 5)
    shared = SpectralStack(
      scope["Dis0_0"], from: 1, inputs: 2 * width, outputs: (0..<layers - 6).map { width << (2 + $0) }, stride: 2)
    local = SpectralStack(scope["Dis0_1"], from: 1, inputs: middle, outputs: [2 * middle], stride: 1)
    localLast = SpectralStack.logits(scope["conv0"], 2 * middle)
    global = SpectralStack(scope["Dis1_0"], from: 1, inputs: middle, outputs: [2 * middle, 4 * middle], stride: 2)
    globalEnd = SpectralStack(scope["Dis1_1"], from: 1, inputs: 4 * middle, outputs: [8 * middle], stride: 1)
    globalLast = SpectralStack.logits(scope["conv1"], 8 * middle)
    leastSize = 3 << (layers - 2)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Judgement {
    let (code, cam) = encode(x, pass)
    let y = shared(code, pass)
    let judgement = Judgement(
      local: localLast(local(y, pass), pass), global: globalLast(globalEnd(global(y, pass), pass), pass), cam: cam,
      code: code)
    for (key, logits) in [("local", judgement.local), ("global", judgement.global), ("cam", cam)] {
      tensors.outputs?.record(key, logits)
    }
    return judgement
  }

  /// The code and the attention logit alone.
  package func encode(_ x: Tensor, _ pass: Pass) -> (code: Tensor, cam: Tensor) {
    let features = model(x, pass)
    let channels = features.shape[3]
    let cam = fc(Tensor.concatenated([features.globalAverage(), features.globalMaximum()], axis: 1), pass)
    // The map is weighted with what is trained, not with the normalised weight; gradients flow into both.
    let weight = fc.original
    let attention = conv1x1.attending(
      features, average: weight.sliced(0..<channels, axis: 1),
      maximum: weight.sliced(channels..<2 * channels, axis: 1))
    return ((lamda * attention + features).leakyReLU(slope: 0.2), cam)
  }
}
