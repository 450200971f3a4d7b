import Foundation
import GanBase
import GanImage
import GanReport

/// Tells from a few translations whether the generator is broken. Levels are shares of the full range.
struct PictureSigns {
  /// An input, its translation, and a real picture of the target side (for pairs, the target).
  struct Example {
    let input, output, real: Picture
  }

  let examples: [Example]
  /// Whether `real` shows what `output` should show.
  let isPaired: Bool

  // What real pictures must have, and translations lack.
  private static let dark = 0.015, light = 0.1
  private static let flat = 0.008, varied = 0.05
  /// The share of the inputs' and the real pictures' differences that translations of one kind have.
  private static let sameness = 0.05, leastDifference = 0.03
  private static let inverseOfTarget = -0.5, inverseOfInput = -0.8
  private static let board = 0.012, timesRealBoard = 6.0

  /// The symptoms that show, with sentences. Where real pictures show the same, it is no symptom.
  var found: [(symptom: Symptom, text: String)] {
    let outputs = examples.map(\.output), real = examples.map(\.real)
    if outputs.isEmpty { return [] }
    if mean(outputs.map(Self.level)) < Self.dark, mean(real.map(Self.level)) > Self.light {
      return [(.black, "the translations are black")]
    }
    if outputs.allSatisfy({ Self.deviation($0) < Self.flat }), mean(real.map(Self.deviation)) > Self.varied {
      return [(.oneColour, "each translation is a single colour")]
    }
    if isOneOutput {
      return [
        (.sameOutput, "the generator ignores its input: translations of different pictures are nearly the same")
      ]
    }
    return [inversion, checkerboard].compactMap { $0 }
  }

  private var isOneOutput: Bool {
    guard let distance = spread(examples.map(\.output)), let inputs = spread(examples.map(\.input)),
      let real = spread(examples.map(\.real))
    else { return false }
    return min(inputs, real) > Self.leastDifference && distance < Self.sameness * min(inputs, real)
  }

  private var inversion: (symptom: Symptom, text: String)? {
    let limit = isPaired ? Self.inverseOfTarget : Self.inverseOfInput
    let isInverse = examples.allSatisfy { Self.correlation($0.output, isPaired ? $0.real : $0.input) < limit }
    guard isInverse else { return nil }
    return (
      .inverted,
      "the translations have inverted colours: they are dark where the \(isPaired ? "targets" : "inputs") are light"
    )
  }

  private var checkerboard: (symptom: Symptom, text: String)? {
    let strength = mean(examples.map { Self.checkerboard($0.output) })
    guard strength > Self.board, strength > Self.timesRealBoard * mean(examples.map { Self.checkerboard($0.real) })
    else { return nil }
    let levels = Int((strength * 255).rounded())
    return (.checkerboard, "the translations have a checkerboard pattern of about \(levels) of 255 levels")
  }

  // MARK: Measures

  private func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

  /// The mean difference between pictures of the same size; nil for fewer than two.
  private func spread(_ pictures: [Picture]) -> Double? {
    let pairs = zip(pictures, pictures.dropFirst()).filter { $0.pixels.count == $1.pixels.count }
    return pairs.isEmpty ? nil : mean(pairs.map(Self.difference))
  }

  private static func difference(_ a: Picture, _ b: Picture) -> Double {
    var sum = 0
    for (a, b) in zip(a.pixels, b.pixels) { sum += abs(Int(a) - Int(b)) }
    return Double(sum) / Double(a.pixels.count) / 255
  }

  private static func level(_ picture: Picture) -> Double {
    Double(picture.pixels.reduce(0) { $0 + Int($1) }) / Double(picture.pixels.count) / 255
  }

  /// The standard deviation of the brightness.
  private static func deviation(_ picture: Picture) -> Double {
    var sum = 0, squares = 0
    let levels = picture.gray().pixels
    for level in levels {
      sum += Int(level)
      squares += Int(level) * Int(level)
    }
    let mean = Double(sum) / Double(levels.count)
    return max(0, Double(squares) / Double(levels.count) - mean * mean).squareRoot() / 255
  }

  /// Of two pictures' colours, from -1 to 1; 0 if they cannot be compared.
  private static func correlation(_ a: Picture, _ b: Picture) -> Double {
    guard a.width == b.width, a.height == b.height else { return 0 }
    let hasSameChannels = a.channels == b.channels
    let a = hasSameChannels ? a.pixels : a.gray().pixels, b = hasSameChannels ? b.pixels : b.gray().pixels
    var (sumA, sumB, squaresA, squaresB, products) = (0, 0, 0, 0, 0)
    for (x, y) in zip(a, b) {
      let (x, y) = (Int(x), Int(y))
      sumA += x
      sumB += y
      squaresA += x * x
      squaresB += y * y
      products += x * y
    }
    let count = Double(a.count), meanA = Double(sumA) / count, meanB = Double(sumB) / count
    let varianceA = Double(squaresA) / count - meanA * meanA, varianceB = Double(squaresB) / count - meanB * meanB
    // Of a picture of one colour nothing can be said.
    guard varianceA > 1, varianceB > 1 else { return 0 }
    return (Double(products) / count - meanA * meanB) / (varianceA * varianceB).squareRoot()
  }

  /// The strongest pattern that changes from pixel to pixel at the same phase everywhere: along rows, along columns, or
  /// along both. Edges and textures of pictures cancel out.
  private static func checkerboard(_ picture: Picture) -> Double {
    let (width, height) = (picture.width & ~1, picture.height & ~1)
    let levels = picture.gray().pixels
    var (alongX, alongY, alongBoth) = (0, 0, 0)
    for y in 0..<height {
      var row = (even: 0, odd: 0)
      for x in stride(from: 0, to: width, by: 2) {
        row.even += Int(levels[y * picture.width + x])
        row.odd += Int(levels[y * picture.width + x + 1])
      }
      let sign = y & 1 == 0 ? 1 : -1
      alongX += row.even - row.odd
      alongY += sign * (row.even + row.odd)
      alongBoth += sign * (row.even - row.odd)
    }
    let strongest = max(abs(alongX), abs(alongY), abs(alongBoth))
    return Double(strongest) / Double(max(1, width * height)) / 255
  }
}
