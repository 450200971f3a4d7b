import GanNN
import GanTensor

/// The discriminator of InstaGAN (Mo et al. 2019, section 2.1): judges a picture together with the set of its masks,
/// whose features it sums. Every convolution is spectrally normalised; each call moves the singular vectors, so those of
/// the layers that see masks move once for each mask.
package final class SetDiscriminator: Module {
  private let pictureFeatures: SetFeatures, maskFeatures: SetFeatures
  private let wide: SpectralConv2d, last: SpectralConv2d
  /// The least picture that can be judged: an instance norm of a single pixel says nothing.
  package static let leastSize = 24
  package let tensors: TensorStore

  /// - Parameter width: channels of the first layer (ndf).
  package init(_ scope: Scope, channels: Int, width: Int) {
    tensors = scope.tensors
    pictureFeatures = SetFeatures(scope["feature_img"], inputs: channels, width: width)
    maskFeatures = SetFeatures(scope["feature_seg"], inputs: 1, width: width)
    wide = SpectralConv2d(set: scope["classifier"][0], 8 * width, 16 * width, stride: 1)
    last = SpectralConv2d(set: scope["classifier"][3], 16 * width, 1, stride: 1)
  }

  /// The scores of a picture, `[1,H/8-2,W/8-2,1]`. If it has no masks, an empty one stands for them.
  package func callAsFunction(_ x: InstancePicture, _ pass: Pass) -> Tensor {
    let picture = pictureFeatures(x.picture, pass, "img")
    let masks = x.masks ?? Tensor(repeating: -1, x.picture.shape.with(1, at: 3), type: x.picture.type)
    let each = (0..<masks.shape[0]).map { index in
      maskFeatures(masks.sliced(index..<index + 1, axis: 0), pass, "seg\(index).")
    }
    let sum = each.dropFirst().reduce(each[0], +)
    let features = wide(.concatenated([picture, sum], axis: 3), pass).instanceNormalized(slope: 0.2)
    pass.record("classifier", features)
    return last(features, pass)
  }
}

/// Three halvings.
private struct SetFeatures {
  private let first: SpectralConv2d, further: [SpectralConv2d]

  init(_ list: Scope, inputs: Int, width: Int) {
    first = SpectralConv2d(set: list[0], inputs, width, stride: 2)
    further = [width, 2 * width].enumerated().map { level, channels in
      SpectralConv2d(set: list[2 + 3 * level], channels, 2 * channels, stride: 2)
    }
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass, _ name: String) -> Tensor {
    var y = first(x, pass).leakyReLU(slope: 0.2)
    pass.record("\(name)0", y)
    for (index, conv) in further.enumerated() {
      y = conv(y, pass).instanceNormalized(slope: 0.2)
      pass.record("\(name)\(index + 1)", y)
    }
    return y
  }
}

extension SpectralConv2d {
  /// As the official program wraps its convolutions.
  fileprivate init(set scope: Scope, _ inputs: Int, _ outputs: Int, stride: Int) {
    self.init(scope["module"], inputs, outputs, kernel: 4, stride: stride, padding: 1, key: "weight_bar")
  }
}
