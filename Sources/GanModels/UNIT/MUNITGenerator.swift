import GanNN
import GanTensor

/// The autoencoder of one domain of MUNIT (Huang et al. 2018): a content code, a style code, and a decoder whose
/// adaptive norms follow the style. Keys `enc_content`, `enc_style`, `mlp`, `dec`.
package final class MUNITGenerator: Module {
  private let contentEncoder: CodeEncoder
  private let styleEncoder: StyleEncoder
  private let mlp: StylePerceptron
  private let decoder: CodeDecoder
  package let tensors: TensorStore

  package init(_ scope: Scope, channels: Int, _ plan: AutoencoderPlan, styleSize: Int, mlpWidth: Int) {
    tensors = scope.tensors
    styleEncoder = StyleEncoder(scope["enc_style"], inputs: channels, outputs: styleSize, plan)
    contentEncoder = CodeEncoder(scope["enc_content"], inputs: channels, plan)
    decoder = CodeDecoder(scope["dec"], outputs: channels, plan, isAdaptive: true)
    mlp = StylePerceptron(scope["mlp"], styleSize, width: mlpWidth, decoder.styleSize, slope: plan.slope)
  }

  /// The content code `[N,h,w,c]`.
  package func content(_ x: Tensor, _ pass: Pass) -> Tensor { contentEncoder(x, pass) }

  /// The style code `[N,1,1,styleSize]`.
  package func style(_ x: Tensor, _ pass: Pass) -> Tensor { styleEncoder(x, pass) }

  package func decode(_ content: Tensor, _ style: Tensor, _ pass: Pass) -> Tensor {
    decoder(content, style: normParameters(style, pass), pass)
  }

  /// What the decoder makes of a style code: shifts and scales, `[N, ...]`.
  package func normParameters(_ style: Tensor, _ pass: Pass) -> Tensor { mlp(style, pass) }
}

/// From a picture to a style vector, without norms, which would remove what makes a style. Key `model`.
private final class StyleEncoder {
  /// Convolutions of stride 2, whatever the content encoder has.
  private static let halvings = 4
  private let convolutions: [ConvBlock]
  private let last: Convolution
  private let path: (average: String, last: String)

  init(_ scope: Scope, inputs: Int, outputs: Int, _ plan: AutoencoderPlan) {
    let list = scope["model"], width = plan.width
    let first = ConvBlock(
      list[0], inputs, width, kernel: 7, padding: 3, mode: plan.mode, norm: .none, slope: plan.slope,
      isSpectral: plan.switches.isSpectral)
    convolutions =
      [first]
      + (0..<Self.halvings).map { level in
        ConvBlock(
          list[level + 1], width << min(level, 2), width << min(level + 1, 2), kernel: 4, stride: 2, padding: 1,
          mode: plan.mode, norm: .none, slope: plan.slope, isSpectral: plan.switches.isSpectral)
      }
    last = Convolution(
      list[Self.halvings + 2], 4 * width, outputs, kernel: 1, isSpectral: plan.switches.isSpectral)
    path = (list[Self.halvings + 1].path, list[Self.halvings + 2].path)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    let average = convolutions.reduce(x) { $1($0, pass) }.mean(over: [1, 2])
    pass.record(path.average, average)
    let style = last(average, pass)
    pass.record(path.last, style)
    return style
  }
}

extension MUNITGenerator {
  /// The least height and width whose style can be encoded: four halvings, the last of 2x2 pixels.
  package static let leastStyleSize = 16
}

/// Three fully connected layers. Key `model`.
private final class StylePerceptron {
  private let layers: [(path: String, linear: Linear)]
  private let slope: Double

  init(_ scope: Scope, _ inputs: Int, width: Int, _ outputs: Int, slope: Double) {
    let list = scope["model"]
    layers = [(inputs, width), (width, width), (width, outputs)].enumerated().map { index, sizes in
      (list[index].path, Linear(list[index]["fc"], sizes.0, sizes.1))
    }
    self.slope = slope
  }

  func callAsFunction(_ style: Tensor, _ pass: Pass) -> Tensor {
    var y = style.reshaped(to: [style.shape[0], style.count / style.shape[0]])
    for (index, layer) in layers.enumerated() {
      y = layer.linear(y)
      if index < layers.count - 1 { y = y.leakyReLU(slope: slope) }
      pass.record(layer.path, y)
    }
    return y
  }
}
