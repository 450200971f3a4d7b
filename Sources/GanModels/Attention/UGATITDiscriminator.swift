import GanNN
import GanTensor

/// The discriminator of U-GAT-IT (Kim et al. 2020, section 2.1.2): a PatchGAN that looks where a classifier of its
/// features does. Seven layers make the global one, five the local one.
package final class UGATITDiscriminator: Module {
  /// What is said of a picture. Logits without sigmoid.
  package struct Judgement {
    /// `[N,h,w,1]`.
    package let map: Tensor
    /// From the means and from the maxima of features: `[N,2]`.
    package let cam: Tensor
    /// `[N,h,w,C]`, after attention.
    let features: Tensor
    /// Where the discriminator looks, `[N,h,w,1]`.
    package var heatmap: Tensor { features.sum(over: [3]) }
  }

  private let halving: SpectralStack, deepest: SpectralStack
  private let averageClassifier: SpectralLinear, maximumClassifier: SpectralLinear, conv1x1: Conv2d
  private let last: SpectralConv2d
  /// The least picture that can be judged.
  package let leastSize: Int
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer (ch).
  ///   - layers: n_layers, of which `layers - 2` have stride 2.
  package init(_ scope: Scope, inputs: Int, width: Int, layers: Int) {
    tensors = scope.tensors
    let halvings = layers - 2
    let deep = width << halvings
    halving = SpectralStack(
      scope["model"], from: 1, inputs: inputs, outputs: (0..<halvings).map { width << $0 }, stride: 2)
    deepest = SpectralStack(scope["model"], from: 3 * halvings + 1, inputs: deep / 2, outputs: [deep], stride: 1)
    averageClassifier = SpectralLinear(scope["gap_fc"], deep, 1)
    maximumClassifier = SpectralLinear(scope["gmp_fc"], deep, 1)
    conv1x1 = Conv2d(scope["conv1x1"], 2 * deep, deep, kernel: 1)
    last = SpectralStack.logits(scope["conv"], deep)
    leastSize = 3 << halvings
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Judgement {
    let y = deepest(halving(tensors.seen(x), pass), pass)
    let cam = Tensor.concatenated(
      [averageClassifier(y.globalAverage(), pass), maximumClassifier(y.globalMaximum(), pass)], axis: 1)
    // The map is weighted with what is trained, not with the normalised weights; gradients flow into both.
    let features = conv1x1.attending(
      y, average: averageClassifier.original, maximum: maximumClassifier.original
    ).leakyReLU(slope: 0.2)
    let map = last(features, pass)
    tensors.outputs?.record("logit", map)
    tensors.outputs?.record("cam_logit", cam)
    return Judgement(map: map, cam: cam, features: features)
  }
}
