import GanNN
import GanTensor

/// From a content and an attribute to a picture.
package protocol AttributeDecoder: Module {
  /// - Parameters:
  ///   - content: `[N,H,W,C]`.
  ///   - attribute: `[N,attributes]`.
  ///   - label: which domain, `[N,domains]`; for decoders that serve several.
  /// - Returns: pictures of four times the height and width.
  func callAsFunction(_ content: Tensor, _ attribute: Tensor, label: Tensor?) -> Tensor
}

/// The sizes of a decoder.
package struct AttributeDecoderPlan {
  /// Channels of the content.
  package var content: Int
  package var attributes: Int
  /// 0 where a decoder serves one domain.
  package var domains: Int
  package var outputs: Int
  package var upsampling: UpsamplingKind

  package init(
    content: Int, attributes: Int, domains: Int = 0, outputs: Int, upsampling: UpsamplingKind = .transposed
  ) {
    (self.content, self.attributes, self.domains, self.outputs) = (content, attributes, domains, outputs)
    self.upsampling = upsampling
  }
}

/// Puts the attribute beside the maps before each stage (option `concat`): the picture keeps its shapes. Keys
/// `<prefix>1` to `<prefix>4`; a block before them, `dec_share.0`, belongs to all decoders of a generator.
package final class ConcatDecoder: AttributeDecoder {
  private let shared: PlainResidualBlock
  private let blocks: [PlainResidualBlock]
  private let doublings: [Doubling]
  private let last: ConvTranspose2d
  package let tensors: TensorStore

  /// A decoder for all domains.
  package convenience init(_ scope: Scope, prefix: String, _ plan: AttributeDecoderPlan) {
    self.init(scope, prefix: prefix, shared: PlainResidualBlock(scope["dec_share"][0], plan.content), plan)
  }

  init(_ scope: Scope, prefix: String, shared: PlainResidualBlock, _ plan: AttributeDecoderPlan) {
    tensors = scope.tensors
    self.shared = shared
    let attributes = plan.attributes, width = plan.content + plan.domains + attributes
    let half = (width + attributes) / 2, quarter = (half + attributes) / 2
    blocks = (0..<3).map { PlainResidualBlock(scope[prefix + "1"][$0], width) }
    doublings = [
      Doubling(scope[prefix + "2"][0], width + attributes, half, plan.upsampling),
      Doubling(scope[prefix + "3"][0], half + attributes, quarter, plan.upsampling),
    ]
    last = ConvTranspose2d(
      scope[prefix + "4"][0], quarter + attributes, plan.outputs, kernel: 1, stride: 1, padding: 0)
  }

  package func callAsFunction(_ content: Tensor, _ attribute: Tensor, label: Tensor?) -> Tensor {
    self(content, attribute, label: label) { $0 }
  }

  /// - Parameter merge: changes the map behind the residual blocks, at a quarter of the picture's size.
  func callAsFunction(
    _ content: Tensor, _ attribute: Tensor, label: Tensor? = nil, merging merge: (Tensor) -> Tensor
  ) -> Tensor {
    let y = shared(content).joined(with: label.map { Tensor.concatenated([$0, attribute], axis: 1) } ?? attribute)
    let maps = doublings.reduce(merge(blocks.reduce(y) { $1($0) })) { $1($0.joined(with: attribute)) }
    return last(maps.joined(with: attribute)).tanh()
  }
}

/// Turns the attribute into a vector for each of four blocks, which mix it into every pixel: shapes may change.
package final class MixingDecoder: AttributeDecoder {
  private let mlp: [Linear]
  private let blocks: [MixingBlock]
  private let doublings: [Doubling]
  private let last: ConvTranspose2d
  package let tensors: TensorStore

  /// - Parameters:
  ///   - blocks: their keys begin with this, `<prefix>1` to `<prefix>4`.
  ///   - width: of the layers between attribute and vectors.
  package init(
    mlp: Scope, blocks: (scope: Scope, prefix: String), last list: Scope, width: Int, _ plan: AttributeDecoderPlan
  ) {
    tensors = list.tensors
    let channels = plan.content
    self.mlp = [
      Linear(mlp[0], plan.domains + plan.attributes, width), Linear(mlp[2], width, width),
      Linear(mlp[4], width, 4 * channels),
    ]
    self.blocks = (1...4).map { MixingBlock(blocks.scope["\(blocks.prefix)\($0)"], channels) }
    doublings = [
      Doubling(list[0], channels, channels / 2, plan.upsampling),
      Doubling(list[1], channels / 2, channels / 4, plan.upsampling),
    ]
    last = ConvTranspose2d(list[2], channels / 4, plan.outputs, kernel: 1, stride: 1, padding: 0)
  }

  package func callAsFunction(_ content: Tensor, _ attribute: Tensor, label: Tensor?) -> Tensor {
    let all = vectors(label.map { Tensor.concatenated([$0, attribute], axis: 1) } ?? attribute)
    let channels = content.shape[3]
    var y = content
    for (index, block) in blocks.enumerated() {
      y = block(y, all.sliced(index * channels..<(index + 1) * channels, axis: 1))
    }
    return last(doublings.reduce(y) { $1($0) }).tanh()
  }

  /// What the blocks get, one after the other: `[N,4C]`.
  package func vectors(_ attribute: Tensor) -> Tensor { mlp[2](mlp[1](mlp[0](attribute).relu()).relu()) }
}

/// DRIT's decoders of both domains. With `concat` they share a block, keys `dec_share`, `decA1`..., `decB1`...; without
/// they share nothing, keys `mlpA`, `decA1`..., `mlpB`, `decB1`....
package final class DomainDecoders: Module {
  package let a: any AttributeDecoder, b: any AttributeDecoder
  package let tensors: TensorStore

  /// - Parameter mlpWidth: nil for the decoders with `concat`.
  package init(
    _ scope: Scope, content: Int, attributes: Int, mlpWidth: Int?, channels: (a: Int, b: Int),
    upsampling: UpsamplingKind
  ) {
    tensors = scope.tensors
    func plan(_ outputs: Int) -> AttributeDecoderPlan {
      AttributeDecoderPlan(content: content, attributes: attributes, outputs: outputs, upsampling: upsampling)
    }
    if let mlpWidth {
      func decoder(_ domain: String, _ outputs: Int) -> MixingDecoder {
        MixingDecoder(
          mlp: scope["mlp" + domain], blocks: (scope, "dec" + domain), last: scope["dec\(domain)5"], width: mlpWidth,
          plan(outputs))
      }
      (a, b) = (decoder("A", channels.a), decoder("B", channels.b))
    } else {
      let shared = PlainResidualBlock(scope["dec_share"][0], content)
      a = ConcatDecoder(scope, prefix: "decA", shared: shared, plan(channels.a))
      b = ConcatDecoder(scope, prefix: "decB", shared: shared, plan(channels.b))
    }
  }
}
