import Foundation

/// The weights without a file that the official numbers were made with: hashes of key and place.
enum PseudoRandomWeights {
  static func fnv1a64(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  @inline(__always)
  static func splitmix64(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  static func values(_ key: String, _ shape: [Int]) -> [Float] {
    let start = fnv1a64(key), count = shape.reduce(1, *)
    let (factor, offset, divisor): (Double, Double, Double)
    if key.hasSuffix("conv.weight") {
      (factor, offset, divisor) = ((6 / Double(shape[1] * shape[2] * shape[3])).squareRoot(), 0, 1)
    } else if key.hasSuffix("bn.weight") || key.hasSuffix("running_var") {
      (factor, offset, divisor) = (1, 0.5, 0)
    } else if key == "fc.weight" {
      (factor, offset, divisor) = (1, 0, 2048.0.squareRoot())
    } else {
      (factor, offset, divisor) = (0.1, 0, 1)
    }
    return [Float](unsafeUninitializedCapacity: count) { out, filled in
      var index = 0
      while index < count {
        let u = Double(splitmix64(start &+ UInt64(index)) >> 40) * 0x1p-24
        out[index] = divisor == 0 ? Float(offset + u) : Float((2 * u - 1) * factor / divisor)
        index += 1
      }
      filled = count
    }
  }

  static func checksum(_ values: [Float]) -> UInt64 {
    var sum: UInt64 = 0, index: UInt64 = 0
    for value in values {
      sum &+= UInt64(value.bitPattern) &* (2 &* index &+ 1)
      index += 1
    }
    return sum
  }
}
