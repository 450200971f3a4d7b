import CKernels
import CRuntime
import Foundation
import Testing

@testable import GanTensor

@Suite struct PrecisionTests {
  @Test func meansWhatTheCPUCanDo() {
    func arithmetic(_ precision: Precision, _ tiles: Int) -> ConvolutionArithmetic {
      ConvolutionArithmetic(precision, tiles: tiles)
    }
    for tiles in [GK_TILES_ABSENT, GK_TILES_REFUSED, GK_TILES_AMX, GK_TILES_EMULATED, GK_TILES_ROUNDED] {
      #expect(arithmetic(.highest, tiles) == .single)
    }
    for precision in [Precision.high, .medium] {
      let parts = precision == .high ? 2 : 1
      #expect(arithmetic(precision, GK_TILES_ABSENT) == .wideTiles)
      #expect(arithmetic(precision, GK_TILES_REFUSED) == .wideTiles)
      #expect(arithmetic(precision, GK_TILES_AMX) == .tiles(parts: parts, isEmulated: false))
      #expect(arithmetic(precision, GK_TILES_EMULATED) == .tiles(parts: parts, isEmulated: true))
      #expect(arithmetic(precision, GK_TILES_ROUNDED) == .rounded(parts: parts))
    }
  }

  @Test func aScopeIsThatOfItsThread() throws {
    struct Stop: Error {}
    let before = Precision.current
    Precision.with(.medium) {
      #expect(Precision.current == .medium)
      Precision.with(.high) { #expect(Precision.current == .high) }
      #expect(Precision.current == .medium)
      nonisolated(unsafe) var elsewhere: Precision?
      let done = DispatchSemaphore(value: 0)
      let thread = Thread {
        elsewhere = Precision.current
        done.signal()
      }
      thread.start()
      done.wait()
      #expect(elsewhere == before)
    }
    #expect(throws: Stop.self) { try Precision.with(.high) { throw Stop() } }
    #expect(Precision.current == before)
  }

  /// What tests force is what convolutions go by, and only on the thread that forces it.
  @Test func tilesCanBeForced() {
    let before = ConvolutionArithmetic.current
    ConvolutionArithmetic.withTiles(GK_TILES_EMULATED) {
      #expect(Precision.high.arithmeticDescription == "bf16x3 on emulated AMX")
      #expect(Precision.medium.notice?.contains("GANCTL_CPU=amx-emulated") == true)
      #expect(Precision.highest.arithmeticDescription == "fp32" && Precision.highest.notice == nil)
      ConvolutionArithmetic.withTiles(GK_TILES_AMX) {
        #expect(Precision.high.arithmeticDescription == "bf16x3 on AMX" && Precision.high.notice == nil)
        #expect(Precision.medium.arithmeticDescription == "bf16 on AMX")
      }
      ConvolutionArithmetic.withTiles(GK_TILES_REFUSED) {
        #expect(Precision.high.arithmeticDescription == "fp32 with wide tiles")
        #expect(Precision.high.notice?.contains("does not let this process use AMX") == true)
      }
      ConvolutionArithmetic.withTiles(GK_TILES_ABSENT) {
        #expect(Precision.medium.arithmeticDescription == "fp32 with wide tiles")
        #expect(Precision.medium.notice?.contains("this CPU has no AMX") == true)
      }
      Precision.with(.high) { #expect(ConvolutionArithmetic.current == .tiles(parts: 2, isEmulated: true)) }
    }
    #expect(ConvolutionArithmetic.current == before)
  }

  /// To nearest, ties to even; two parts give 16 bits.
  @Test func roundsToBf16() {
    let cases: [(Float, Float, Float)] = [
      (1, 1, 0), (0x1.01p0, 1, 0x1p-8), (0x1.03p0, 0x1.04p0, -0x1p-8), (0x1.010002p0, 0x1.02p0, -0x1p-8),
      (-0x1.03p-100, -0x1.04p-100, 0x1p-108), (0, 0, 0), (3.3e38, 0x1.f0p127, 0x1.0e8p120),
    ]
    for (x, high, low) in cases {
      var h: Float = 7, l: Float = 7
      withUnsafePointer(to: x) { gk_tile_split($0, 1, &h, &l) }
      #expect(h == high, "\(x)")
      if x < 1e38 { #expect(l == low, "\(x)") }
      #expect(abs(Double(x) - Double(h) - Double(l)) <= 0x1p-16 * Double(abs(x)))
    }
    for (x, check) in [(Float.nan, \Float.isNaN), (.infinity, \.isInfinite), (-.infinity, \.isInfinite)] {
      var h: Float = 7
      withUnsafePointer(to: x) { gk_tile_split($0, 1, &h, nil) }
      #expect(h[keyPath: check])
    }
  }
}
