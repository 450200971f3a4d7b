import Foundation
import GanBase
import GanImage

/// The structural similarity of two pictures (Wang et al. 2004), from means, variances and covariance in a Gaussian
/// window of 11 pixels with deviation 1.5. 1 for equal pictures. The mean over pixels and channels, without windows
/// that cross the border, as in scikit-image with Gaussian weights and population covariances.
package enum StructuralSimilarity {
  /// Side of the window in pixels, which is also the smallest size of a picture.
  package static let window = 11
  private static let deviation = 1.5
  /// (0.01 * 255)^2 and (0.03 * 255)^2
  private static let stabilizers = (0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255)

  /// - Throws: `GanError` (input) if the shapes differ or a picture is smaller than the window.
  package static func of(_ a: Picture, _ b: Picture, at path: FilePath? = nil) throws -> Double {
    guard (a.width, a.height, a.channels) == (b.width, b.height, b.channels) else {
      throw GanError.input(
        "cannot compare a picture of \(a.width)x\(a.height) with one of \(b.width)x\(b.height)", at: path)
    }
    guard a.width >= window, a.height >= window else {
      throw GanError.input(
        "SSIM needs pictures of at least \(window)x\(window) pixels, found \(a.width)x\(a.height)", at: path)
    }
    let sum = (0..<a.channels).reduce(0) { $0 + similarity(plane(a, $1), plane(b, $1), width: a.width) }
    return sum / Double(a.channels)
  }

  private static func plane(_ picture: Picture, _ channel: Int) -> [Double] {
    stride(from: channel, to: picture.pixels.count, by: picture.channels).map { Double(picture.pixels[$0]) }
  }

  /// The mean over all windows of one channel.
  private static func similarity(_ x: [Double], _ y: [Double], width: Int) -> Double {
    let height = x.count / width
    func means(_ values: [Double]) -> [Double] { smoothed(values, width: width, height: height) }
    let (meanX, meanY) = (means(x), means(y))
    let squareX = means(x.map { $0 * $0 }), squareY = means(y.map { $0 * $0 })
    let product = means(zip(x, y).map { $0 * $1 })
    let (c1, c2) = stabilizers
    var sum = 0.0
    for i in meanX.indices {
      let varianceX = squareX[i] - meanX[i] * meanX[i], varianceY = squareY[i] - meanY[i] * meanY[i]
      let covariance = product[i] - meanX[i] * meanY[i]
      let level = meanX[i] * meanX[i] + meanY[i] * meanY[i] + c1
      sum += (2 * meanX[i] * meanY[i] + c1) * (2 * covariance + c2) / (level * (varianceX + varianceY + c2))
    }
    return sum / Double(meanX.count)
  }

  private static let weights: [Double] = {
    let radius = window / 2
    let values = (-radius...radius).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }()

  /// Weighted means over whole windows; height and width shrink by `window - 1`.
  private static func smoothed(_ values: [Double], width: Int, height: Int) -> [Double] {
    let columns = width - window + 1, rows = height - window + 1
    var across = [Double](repeating: 0, count: columns * height)
    var result = [Double](repeating: 0, count: columns * rows)
    values.withUnsafeBufferPointer { values in
      for row in 0..<height {
        for (k, weight) in weights.enumerated() {
          for column in 0..<columns { across[row * columns + column] += weight * values[row * width + column + k] }
        }
      }
    }
    for row in 0..<rows {
      for (k, weight) in weights.enumerated() {
        for column in 0..<columns { result[row * columns + column] += weight * across[(row + k) * columns + column] }
      }
    }
    return result
  }
}
