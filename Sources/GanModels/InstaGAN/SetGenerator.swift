import GanNN
import GanTensor

/// The generator of InstaGAN (Mo et al. 2019, section 2.1): translates a picture together with the set of its masks.
/// Features of masks are summed, so that their order means nothing; each mask comes out as another one.
package final class SetGenerator: Module {
  private let imageEncoder: SetEncoder, maskEncoder: SetEncoder
  private let imageDecoder: SetDecoder, maskDecoder: SetDecoder
  package let sizeRule = SizeRule(multiple: 4, least: 8)
  package let tensors: TensorStore

  /// - Parameter width: channels of the first layer (ngf).
  package init(_ scope: Scope, channels: Int, width: Int, blocks: Int, upsampling: UpsamplingKind) {
    tensors = scope.tensors
    imageEncoder = SetEncoder(scope["encoder_img"], inputs: channels, width: width, blocks: blocks)
    maskEncoder = SetEncoder(scope["encoder_seg"], inputs: 1, width: width, blocks: blocks)
    imageDecoder = SetDecoder(scope["decoder_img"], inputs: 8 * width, outputs: channels, upsampling)
    maskDecoder = SetDecoder(scope["decoder_seg"], inputs: 12 * width, outputs: 1, upsampling)
  }

  /// - Parameter x: with at least one mask.
  package func callAsFunction(_ x: InstancePicture, _ pass: Pass) -> InstancePicture {
    guard let masks = x.masks else { preconditionFailure("a set without masks reached the generator") }
    let picture = imageEncoder(x.picture, pass, "img"), each = maskEncoder(masks, pass, "seg")
    let sum = each.sum(over: [0])
    pass.record("seg_sum", sum)
    let shared = Tensor.concatenated([picture, sum], axis: 3)
    let result = imageDecoder(shared, pass, "img")
    let known = shared.broadcast(to: shared.shape.with(x.count, at: 0))
    return InstancePicture(
      result, masks: maskDecoder(.concatenated([each, known], axis: 3), pass, "seg"))
  }
}

/// Two halvings and residual blocks, as in CycleGAN.
private struct SetEncoder {
  private let stem: Conv2d, downs: [Conv2d], blocks: [ResidualBlock]

  init(_ list: Scope, inputs: Int, width: Int, blocks count: Int) {
    stem = Conv2d(list[1], inputs, width, kernel: 7, padding: 3, mode: .reflect)
    downs = [width, 2 * width].enumerated().map { level, channels in
      Conv2d(list[4 + 3 * level], channels, 2 * channels, kernel: 3, stride: 2, padding: 1)
    }
    blocks = (0..<count).map {
      ResidualBlock(list[10 + $0]["conv_block"], 4 * width, norm: .instance, dropout: false)
    }
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass, _ name: String) -> Tensor {
    var y = stem(x).instanceNormalized(slope: 0)
    pass.record("\(name).stem", y)
    for conv in downs { y = conv(y).instanceNormalized(slope: 0) }
    pass.record("\(name).down", y)
    for (index, block) in blocks.enumerated() {
      y = block(y, pass)
      pass.record("\(name).block\(index + 1)", y)
    }
    return y
  }
}

/// Two doublings.
private struct SetDecoder {
  private let ups: [Upsampling], last: Conv2d

  init(_ list: Scope, inputs: Int, outputs: Int, _ upsampling: UpsamplingKind) {
    ups = [inputs, inputs / 2].enumerated().map { level, channels in
      Upsampling(
        upsampling, list[3 * level], channels, channels / 2, kernel: 3, mode: .reflect, isSpectral: false)
    }
    last = Conv2d(list[7], inputs / 4, outputs, kernel: 7, padding: 3, mode: .reflect)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass, _ name: String) -> Tensor {
    let y = ups.reduce(x) { $1($0, pass).instanceNormalized(slope: 0) }
    pass.record("\(name).up", y)
    return last(y).tanh()
  }
}
