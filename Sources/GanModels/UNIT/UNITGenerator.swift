import GanNN
import GanTensor

/// The autoencoder of one domain of UNIT (Liu et al. 2017): the encoder gives the mean of a latent Gaussian of
/// variance 1. Keys `enc`, `dec`.
package final class UNITGenerator: Module {
  private let encoder: CodeEncoder
  private let decoder: CodeDecoder
  package let tensors: TensorStore

  package init(_ scope: Scope, channels: Int, _ plan: AutoencoderPlan) {
    tensors = scope.tensors
    encoder = CodeEncoder(scope["enc"], inputs: channels, plan)
    decoder = CodeDecoder(scope["dec"], outputs: channels, plan, isAdaptive: false)
  }

  /// The latent code `[N,h,w,c]` of pictures.
  package func encode(_ x: Tensor, _ pass: Pass) -> Tensor { encoder(x, pass) }

  package func decode(_ code: Tensor, _ pass: Pass) -> Tensor { decoder(code, pass) }
}
