/// The generator behind Python's module `random` (Matsumoto and Nishimura 1998, MT19937), for the splits that official
/// programs make with it.
struct PythonRandom {
  private var state = [UInt32](repeating: 0, count: 624)
  private var next = 624

  init(seed: UInt32) {
    var word: UInt32 = 19_650_218
    for index in 0..<624 {
      if index > 0 { word = 1_812_433_253 &* (word ^ word >> 30) &+ UInt32(index) }
      state[index] = word
    }
    mix(multiplier: 1_664_525, rounds: 624) { _ in seed }
    mix(multiplier: 1_566_083_941, rounds: 623) { 0 &- UInt32($0) }
    state[0] = 0x8000_0000
  }

  /// One pass of the seeding, from where the last one ended.
  private var place = 1
  private mutating func mix(multiplier: UInt32, rounds: Int, _ addend: (Int) -> UInt32) {
    for _ in 0..<rounds {
      let before = state[place - 1]
      state[place] = (state[place] ^ (before ^ before >> 30) &* multiplier) &+ addend(place)
      place += 1
      if place == 624 {
        state[0] = state[623]
        place = 1
      }
    }
  }

  private mutating func nextWord() -> UInt32 {
    if next == 624 { refill() }
    var word = state[next]
    next += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9D2C_5680
    word ^= word << 15 & 0xEFC6_0000
    return word ^ word >> 18
  }

  private mutating func refill() {
    for index in 0..<624 {
      let joined = state[index] & 0x8000_0000 | state[(index + 1) % 624] & 0x7FFF_FFFF
      state[index] = state[(index + 397) % 624] ^ joined >> 1 ^ (joined & 1 == 1 ? 0x9908_B0DF : 0)
    }
    next = 0
  }

  /// 0..<count in the order that `random.shuffle` gives a list.
  mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    return order
  }

  /// Draws numbers with as many bits as the bound has, until one is below it.
  private mutating func below(_ bound: Int) -> Int {
    let bits = Int.bitWidth - bound.leadingZeroBitCount
    while true {
      let drawn = Int(nextWord() >> UInt32(32 - bits))
      if drawn < bound { return drawn }
    }
  }
}
