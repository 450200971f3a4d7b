/// What an operation of a traced computation does, for programs that run it elsewhere. Axes are those of our tensors:
/// pictures are `[N,H,W,C]`.
package enum GraphOperation: Equatable, Sendable {
  /// Elementwise, shapes broadcast.
  package enum Binary: Sendable { case add, subtract, multiply, divide }
  package enum Unary: Sendable { case exp, log, squareRoot, reciprocal, abs, tanh, sigmoid }

  case binary(Binary)
  case unary(Unary)
  case square
  /// `factor * x + offset`.
  case scale(factor: Double, offset: Double)
  case leakyReLU(slope: Double)
  case matmul(transposeA: Bool, transposeB: Bool)

  case reshape(Shape)
  case permute([Int])
  case slice(Range<Int>, axis: Int)
  case concatenate(axis: Int)
  /// Maps with a vector at every pixel (`joined`).
  case join

  /// The axes stay, with size 1.
  case sum(axes: [Int])
  case mean(axes: [Int])
  /// `[N,C]` of `[N,H,W,C]`.
  case globalAverage, globalMaximum

  /// Inputs: picture, weight `[kh,kw,I,O]`, perhaps a bias.
  case convolution(stride: Int, padding: Int, mode: PaddingMode)
  /// Inputs: picture, weight `[kh,kw,outputs,inputs]`, perhaps a bias.
  case transposedConvolution(stride: Int, padding: Int, outputPadding: Int)
  /// A convolution of the picture upsampled to the nearest pixel, of the same size as that.
  case upsampledConvolution(mode: PaddingMode)
  case averagePool(kernel: Int, stride: Int, padding: Int)
  case nearestDoubling, linearDoubling, smoothHalving
  case pixelShuffle(Int)

  /// Mean, or biased variance, of each channel: `[groups,C]`. Inputs: maps, and for the variance the means.
  case channelMean(MomentGroups)
  case channelVariance(MomentGroups)
  /// A biased variance times `n / (n - 1)` for `n` = pixels * channels. Inputs: variance, maps.
  case unbiased(channels: Int)
  /// `act((x - mean) * scale + shift) [+ residual]`. Inputs: maps, mean, scale, shift (`[groups,C]` or `[C]`), perhaps
  /// a residual.
  case normalize(slope: Double)
  /// The same with scale and shift of instance norm. Inputs: maps, perhaps a residual.
  case instanceNormalize(epsilon: Double, slope: Double)

  /// Of the last axis.
  case softmax
  /// Inputs: queries, keys, values, all `[N,H,W,*]`.
  case attention

  /// Known here only by its name.
  case other(String)
}
