import GanBase
import GanImage

/// The smoothing step of Li et al. 2018, section 3.2: colours like those of the stylised picture, but similar where the
/// content's are similar, by the affinities of closed-form matting (Levin et al. 2008) in windows of 3x3 pixels:
///
///     (1 + lambda) R - S R = lambda Y,   S = D^(-1/2) W D^(-1/2)
///
/// divided by 1 + lambda. The system is solved by conjugate gradients.
package struct MattingSmoother: Equatable, Sendable {
  /// How close colours stay to those of the stylised picture; 0.0001 in the paper.
  package var lambda = 1e-4
  /// What is added to the variances of colours in a window, times its number of pixels.
  private static let epsilon = 1e-7
  /// Of residual to right side when the solution is good enough. The right side has lambda / (1 + lambda) as a factor,
  /// and no eigenvalue is smaller than that, so this is also the largest error of the solution, as a share of it.
  private static let tolerance = 1e-6
  private static let mostIterations = 10_000
  /// The least height and width.
  package static let leastSize = 3
  /// Bytes for each pixel: its affinities to the 25 pixels around it, and six maps of colours.
  package static let bytesOfPixel = 25 * 8 + 6 * 32

  package init() {}

  /// - Parameters:
  ///   - guide: the content, at least 3x3 pixels.
  ///   - advanced: called with the number of each iteration.
  package func callAsFunction(
    _ source: ColourMap, guide: ColourMap, advanced: (_ iteration: Int) -> Void = { _ in }
  ) -> ColourMap {
    let affinities = MattingAffinities(guide, epsilon: Self.epsilon), alpha = 1 / (1 + lambda)
    // x - alpha S x, lane by lane.
    func applied(_ x: [SIMD4<Double>]) -> [SIMD4<Double>] {
      var y = affinities.times(x)
      for index in y.indices { y[index] = x[index] - alpha * y[index] }
      return y
    }
    let right = source.pixels.map { $0 * (1 - alpha) }
    // The picture itself is the first guess.
    var x = source.pixels, residual = zip(right, applied(x)).map { $0 - $1 }, direction = residual
    var length = Self.dot(residual, residual)
    let goal = Self.dot(right, right) * (Self.tolerance * Self.tolerance)
    for iteration in 1...Self.mostIterations where any(length .> goal) {
      if ThreadPool.shared.skipsWork { break }
      let image = applied(direction), step = Self.quotient(length, Self.dot(direction, image))
      for index in x.indices {
        x[index] += step * direction[index]
        residual[index] -= step * image[index]
      }
      let next = Self.dot(residual, residual), turn = Self.quotient(next, length)
      for index in x.indices { direction[index] = residual[index] + turn * direction[index] }
      length = next
      advanced(iteration)
    }
    return ColourMap(width: source.width, height: source.height, pixels: x)
  }

  /// Lane by lane.
  private static func dot(_ a: [SIMD4<Double>], _ b: [SIMD4<Double>]) -> SIMD4<Double> {
    var sum = SIMD4<Double>.zero
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  /// 0 where both are 0, as in a lane that is solved.
  private static func quotient(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
    (a / b).replacing(with: 0, where: b .== 0)
  }
}

/// S: how similar the colours of pixels are that share a window of 3x3 pixels, normalised so that the largest
/// eigenvalue is 1.
struct MattingAffinities {
  private let width: Int, height: Int
  /// For each pixel those to the 5x5 pixels around it.
  private var values: [Double]
  private static let reach = 2, side = 5, neighbours = 25

  /// - Parameter guide: at least 3x3 pixels.
  init(_ guide: ColourMap, epsilon: Double) {
    (width, height) = (guide.width, guide.height)
    values = [Double](repeating: 0, count: width * height * Self.neighbours)
    var windows = [Double](repeating: 0, count: width * height)
    for y in 1..<height - 1 {
      for x in 1..<width - 1 { add(windowAt: x, y, guide.pixels, epsilon, &windows) }
    }
    // The affinities of a pixel add up to the number of windows that it is in.
    let scale = windows.map { 1 / $0.squareRoot() }
    for y in 0..<height {
      for x in 0..<width { normalize(x, y, scale) }
    }
  }

  /// Adds the affinities of the nine pixels of a window to each other.
  private mutating func add(
    windowAt x: Int, _ y: Int, _ pixels: [SIMD4<Double>], _ epsilon: Double, _ windows: inout [Double]
  ) {
    let places = [-1, 0, 1].flatMap { dy in [-1, 0, 1].map { dx in (y + dy) * width + x + dx } }
    let size = Double(places.count), mean = places.reduce(.zero) { $0 + pixels[$1] } / size
    var c = SymmetricMatrix(
      xx: epsilon / size, xy: 0, xz: 0, yy: epsilon / size, yz: 0, zz: epsilon / size)
    for place in places {
      let d = pixels[place] - mean
      c.xx += d.x * d.x / size
      c.xy += d.x * d.y / size
      c.xz += d.x * d.z / size
      c.yy += d.y * d.y / size
      c.yz += d.y * d.z / size
      c.zz += d.z * d.z / size
    }
    let inverse = c.inverse
    for (i, first) in places.enumerated() {
      windows[first] += 1
      let row = inverse.times(pixels[first] - mean)
      for (j, second) in places.enumerated() {
        let offset = (j / 3 - i / 3 + Self.reach) * Self.side + j % 3 - i % 3 + Self.reach
        values[first * Self.neighbours + offset] += (1 + (row * (pixels[second] - mean)).sum()) / size
      }
    }
  }

  private mutating func normalize(_ x: Int, _ y: Int, _ scale: [Double]) {
    let pixel = y * width + x
    for dy in max(-Self.reach, -y)...min(Self.reach, height - 1 - y) {
      for dx in max(-Self.reach, -x)...min(Self.reach, width - 1 - x) {
        let offset = (dy + Self.reach) * Self.side + dx + Self.reach
        values[pixel * Self.neighbours + offset] *= scale[pixel] * scale[pixel + dy * width + dx]
      }
    }
  }

  /// S x, lane by lane.
  func times(_ x: [SIMD4<Double>]) -> [SIMD4<Double>] {
    let (width, height) = (width, height)
    var result = [SIMD4<Double>](repeating: .zero, count: x.count)
    x.withUnsafeBufferPointer { x in
      values.withUnsafeBufferPointer { values in
        result.withUnsafeMutableBufferPointer { result in
          nonisolated(unsafe) let (x, values, result) = (x, values, result)
          forBlocks(of: height) { rows in
            for row in rows { Self.multiply(row, width, height, values, x, result) }
          }
        }
      }
    }
    return result
  }

  /// One row of pixels.
  private static func multiply(
    _ row: Int, _ width: Int, _ height: Int, _ values: UnsafeBufferPointer<Double>,
    _ x: UnsafeBufferPointer<SIMD4<Double>>, _ result: UnsafeMutableBufferPointer<SIMD4<Double>>
  ) {
    let top = max(-reach, -row), bottom = min(reach, height - 1 - row)
    for column in 0..<width {
      let left = max(-reach, -column), right = min(reach, width - 1 - column), pixel = row * width + column
      var sum = SIMD4<Double>.zero
      for dy in top...bottom {
        let places = pixel * neighbours + (dy + reach) * side + reach, others = pixel + dy * width
        for dx in left...right { sum += values[places + dx] * x[others + dx] }
      }
      result[pixel] = sum
    }
  }
}
