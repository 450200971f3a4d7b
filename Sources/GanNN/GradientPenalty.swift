import GanBase
import GanTensor

/// A penalty on how steep a discriminator is, on top of any adversarial loss. Its gradient is that of the sum of all
/// scores with respect to a picture; lengths and squares are taken per picture.
package enum GradientPenalty: String, CaseIterable, Sendable {
  case none
  /// `mean (|gradient| - 1)^2` at random places between real and generated pictures (Gulrajani et al. 2017).
  case wgangp
  /// `mean |gradient|^2 / 2` at real pictures (Mescheder et al. 2018, equation 9).
  case r1
  /// `mean (|gradient| - 1)^2` near real pictures (Kodali et al. 2017), in the way of the authors' program: at a random
  /// place between each picture and itself with uniform noise of up to half the pictures' standard deviation.
  case dragan

  /// - Parameters:
  ///   - key: names the draw of places; that of DRAGAN's noise is called `<key>.noise`.
  ///   - offset: added to each element of gradients whose length is taken. The default is the official CycleGAN's; with
  ///     it the length of a gradient of 0 can be differentiated.
  ///   - critic: from pictures `[N,H,W,C]` to maps of scores.
  /// - Returns: nil for `none`.
  package func callAsFunction(
    real: Tensor, fake: Tensor, _ noise: NoiseSource, _ key: String, offset: Double = 1e-16,
    critic: (Tensor) -> [Tensor]
  ) throws -> Tensor? {
    func alpha() -> Tensor { noise.uniform(key, [real.shape[0], 1, 1, 1], type: real.type) }
    switch self {
    case .none: return nil
    case .wgangp:
      return try CriticSlope(real: real, fake: fake, alpha: alpha(), critic: critic).distanceFromOne(offset)
    case .r1:
      let slope = try CriticSlope(at: real, critic: critic)
      return slope.gradient.squared().sum() * (0.5 / Double(real.shape[0]))
    case .dragan:
      let still = real.detached(), deviation = (still - still.mean()).squared().mean().squareRoot()
      let moves = noise.uniform(key + ".noise", real.shape, type: real.type) * deviation * 0.5
      return try CriticSlope(at: still + moves * alpha(), critic: critic).distanceFromOne(offset)
    }
  }
}

/// What a critic says of pictures, and how steeply that changes.
package struct CriticSlope {
  /// The places, `[N,H,W,C]`.
  package let pictures: Tensor
  package let scores: [Tensor]
  /// Of the sum of all scores with respect to `pictures`.
  package let gradient: Tensor

  /// - Parameter critic: from pictures to maps of scores.
  /// - Throws: `GanError` (bug) for a critic that does not depend on its input.
  package init(at places: Tensor, critic: (Tensor) -> [Tensor]) throws {
    pictures = places.detached().variable()
    scores = critic(pictures)
    let found = try gradients(of: scores.map { $0.sum() }, withRespectTo: [pictures], createGraph: true)
    guard let gradient = found[0] else { throw GanError(.bug, "the critic does not depend on its input") }
    self.gradient = gradient
  }

  /// At random places between real and generated pictures.
  /// - Parameter alpha: `[N,1,1,1]` in [0,1), the share of `real`.
  package init(real: Tensor, fake: Tensor, alpha: Tensor, critic: (Tensor) -> [Tensor]) throws {
    try self.init(at: real.detached() * alpha + fake.detached() * (1 - alpha), critic: critic)
  }

  /// The length of each picture's gradient, `[N]`.
  /// - Parameter offset: added to each of its elements.
  package func lengths(offset: Double = 0) -> Tensor {
    let moved = offset == 0 ? gradient : gradient + offset
    return moved.squared().sum(over: [1, 2, 3]).squareRoot().reshaped(to: [gradient.shape[0]])
  }

  /// The penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): the mean over pictures of `(length - 1)^2`.
  func distanceFromOne(_ offset: Double) -> Tensor { lengths(offset: offset).meanSquaredError(1) }
}
