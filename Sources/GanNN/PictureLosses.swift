import Foundation
import GanTensor

// Distances of pictures `[N,H,W,C]` in [-1,1] from their targets, for models that learn from pairs.

extension Tensor {
  /// Side in pixels of the window of `dissimilarity`, which is also the least height and width.
  package static let similarityWindow = 11

  /// 1 less the structural similarity (Wang et al. 2004): means, variances and covariance in a Gaussian window of 11
  /// pixels with deviation 1.5, of levels from 0 to 1; the mean over channels and over windows that lie in the picture.
  package func dissimilarity(from target: Tensor) -> Tensor {
    let x = levelPlanes, y = target.levelPlanes, planes = x.shape[0]
    let means = Tensor.concatenated([x, y, x.squared(), y.squared(), x * y], axis: 0).smoothed()
    let parts = (0..<5).map { means.sliced($0 * planes..<($0 + 1) * planes, axis: 0) }
    let (meanX, meanY) = (parts[0], parts[1])
    let product = meanX * meanY, squares = meanX.squared() + meanY.squared()
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
    let above = (product * 2 + c1) * ((parts[4] - product) * 2 + c2)
    let below = (squares + c1) * (parts[2] + parts[3] - squares + c2)
    return 1 - (above / below).mean()
  }

  /// Every channel of every picture as a picture of its own, `[N*C,H,W,1]`, in [0,1].
  private var levelPlanes: Tensor {
    let planes = permuted([0, 3, 1, 2]).reshaped(to: [shape[0] * shape[3], shape[1], shape[2], 1])
    return planes.scaled(by: 0.5, plus: 0.5)
  }

  /// Weighted means of `[N,H,W,1]` over whole windows.
  private func smoothed() -> Tensor {
    let size = Self.similarityWindow, radius = size / 2
    let values = (-radius...radius).map { Foundation.exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = values.reduce(0, +), weights = values.map { $0 / sum }
    let down = Tensor(weights, [size, 1, 1, 1], type: type), across = Tensor(weights, [1, size, 1, 1], type: type)
    return convolved(down).convolved(across)
  }

  /// The gradient difference loss (Mathieu et al. 2016, equation 6, alpha 1): how differently neighbouring pixels
  /// differ in both, whatever the sign. The mean over vertical neighbours plus that over horizontal ones.
  package func gradientDifference(from target: Tensor) -> Tensor {
    func edges(_ x: Tensor, _ axis: Int) -> Tensor {
      let size = x.shape[axis]
      return (x.sliced(1..<size, axis: axis) - x.sliced(0..<size - 1, axis: axis)).abs()
    }
    return edges(self, 1).l1(edges(target, 1)) + edges(self, 2).l1(edges(target, 2))
  }

  /// The focal frequency loss (Jiang et al. 2021, equation 8): the mean squared difference of both spectra, each
  /// frequency weighted with its own distance, relative to the picture's and channel's largest. No gradient flows
  /// through the weights. As the authors' program with its defaults (alpha 1, whole pictures, orthonormal transforms).
  package func focalFrequencyLoss(from target: Tensor) -> Tensor {
    // The transform is linear.
    let squares = (self - target).spectralPower()
    let lengths = squares.detached().squareRoot()
    let largest = lengths.globalMaximum().reshaped(to: [squares.shape[0], 1, 1, 1])
    // Equal pictures have weights of 0.
    return (lengths / (largest + 1e-30) * squares).mean()
  }

  /// The squared magnitudes of the orthonormal two-dimensional discrete Fourier transform of each channel,
  /// `[N*C,W,H,1]`.
  private func spectralPower() -> Tensor {
    let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
    let across = permuted([0, 1, 3, 2]).reshaped(to: [n * h * c, w]).matmul(.fourier(w, type: type))
    // From [N,H,C,2,W] to rows of H; the parts of the first transform are cosine and sine, those of the second too.
    let down = across.reshaped(to: [n, h, c, 2 * w]).permuted([0, 2, 3, 1]).reshaped(to: [n * c * 2 * w, h])
    let parts = down.matmul(.fourier(h, type: type)).reshaped(to: [n * c, 2, w, 2, h])
    func part(_ first: Int, _ second: Int) -> Tensor {
      parts.sliced(first..<first + 1, axis: 1).sliced(second..<second + 1, axis: 3).reshaped(to: [n * c, w, h, 1])
    }
    return (part(0, 0) - part(1, 1)).squared() + (part(0, 1) + part(1, 0)).squared()
  }

  /// `[size,2*size]`: cosines, then negative sines, of `2 pi j k / size`, divided by the root of `size`.
  private static func fourier(_ size: Int, type: ElementType) -> Tensor {
    let scale = 1 / Double(size).squareRoot()
    let angles = (0..<size).map { 2 * Double.pi * Double($0) / Double(size) }
    let cosines = angles.map { Foundation.cos($0) * scale }, sines = angles.map { -Foundation.sin($0) * scale }
    var values: [Double] = []
    for row in 0..<size {
      for part in [cosines, sines] { values += (0..<size).map { part[row * $0 % size] } }
    }
    return Tensor(values, [size, 2 * size], type: type)
  }
}
