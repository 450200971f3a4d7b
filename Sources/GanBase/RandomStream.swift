import Foundation

/// A counter-based random stream (Philox 4x32-10; Salmon et al. 2011, "Parallel random numbers:
/// as easy as 1, 2, 3"). Its whole state is three integers, so a resumed run draws the same numbers.
package struct RandomStream: Equatable, Sendable {
  package struct State: Equatable, Sendable {
    package var seed: UInt64
    package var stream: UInt64
    /// Number of 32-bit words drawn so far.
    package var position: UInt64
    package init(seed: UInt64, stream: UInt64, position: UInt64) {
      (self.seed, self.stream, self.position) = (seed, stream, position)
    }
  }

  package private(set) var state: State
  private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var blockIndex = UInt64.max

  /// Streams of one seed with different numbers are independent.
  package init(seed: UInt64, stream: UInt64 = 0) {
    state = State(seed: seed, stream: stream, position: 0)
  }

  package init(_ state: State) { self.state = state }

  package static func == (a: RandomStream, b: RandomStream) -> Bool { a.state == b.state }

  package mutating func nextWord() -> UInt32 {
    let wanted = state.position >> 2
    if wanted != blockIndex {
      block = philox(counter: (wanted, state.stream), key: state.seed)
      blockIndex = wanted
    }
    defer { state.position += 1 }
    switch state.position & 3 {
    case 0: return block.0
    case 1: return block.1
    case 2: return block.2
    default: return block.3
    }
  }

  /// Uniform in [0, 1), 24 bits.
  package mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// Uniform in [low, high).
  package mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

  /// Uniform integer in 0..<bound, without bias (rejection).
  package mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0 && bound <= Int(UInt32.max))
    let range = UInt32(bound)
    let threshold = (0 &- range) % range
    while true {
      let word = nextWord()
      if word >= threshold { return Int(word % range) }
    }
  }

  /// Two standard normal numbers (Box and Muller 1958).
  package mutating func normalPair() -> (Float, Float) {
    let u = (Double(nextWord()) + 0.5) * 0x1p-32
    let v = (Double(nextWord()) + 0.5) * 0x1p-32
    let radius = (-2 * log(u)).squareRoot()
    return (Float(radius * cos(2 * .pi * v)), Float(radius * sin(2 * .pi * v)))
  }

  /// `count` standard normal numbers.
  package mutating func normals(_ count: Int) -> [Float] {
    var values = [Float]()
    values.reserveCapacity(count + 1)
    while values.count < count {
      let pair = normalPair()
      values.append(pair.0)
      values.append(pair.1)
    }
    if values.count > count { values.removeLast() }
    return values
  }

  /// A random order of 0..<count (Fisher and Yates).
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    return order
  }
}

private func philox(counter: (UInt64, UInt64), key seed: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
  var c0 = UInt32(truncatingIfNeeded: counter.0), c1 = UInt32(truncatingIfNeeded: counter.0 >> 32)
  var c2 = UInt32(truncatingIfNeeded: counter.1), c3 = UInt32(truncatingIfNeeded: counter.1 >> 32)
  var k0 = UInt32(truncatingIfNeeded: seed), k1 = UInt32(truncatingIfNeeded: seed >> 32)
  for _ in 0..<10 {
    let p0 = UInt64(c0) * 0xD251_1F53, p1 = UInt64(c2) * 0xCD9E_8D57
    let h0 = UInt32(truncatingIfNeeded: p0 >> 32), l0 = UInt32(truncatingIfNeeded: p0)
    let h1 = UInt32(truncatingIfNeeded: p1 >> 32), l1 = UInt32(truncatingIfNeeded: p1)
    (c0, c1, c2, c3) = (h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0)
    k0 &+= 0x9E37_79B9
    k1 &+= 0xBB67_AE85
  }
  return (c0, c1, c2, c3)
}
