import GanTensor

/// The autoencoder of one domain of UNIT (Liu et al. 2017): the encoder gives the mean of a latent Gaussian of
/// variance 1. Keys `enc`, `dec`.
public final class UNITGenerator {
  private let encoder: CodeEncoder
  private let decoder: CodeDecoder

  public init(_ scope: Scope, channels: Int, _ plan: AutoencoderPlan) {
    encoder = CodeEncoder(scope["enc"], inputs: channels, plan)
    decoder = CodeDecoder(scope["dec"], outputs: channels, plan, isAdaptive: false)
  }

  /// The latent code `[N,h,w,c]` of pictures.
  public func encode(_ x: Tensor, _ pass: Pass) -> Tensor { encoder(x, pass) }

  public func decode(_ code: Tensor, _ pass: Pass) -> Tensor { decoder(code, pass) }
}
