import CRuntime

/// The arithmetic of convolutions.
enum ConvolutionArithmetic: Equatable, Sendable {
  /// The fp32 kernels.
  case single
  /// The same with larger Winograd tiles where possible, 6x6 in place of 4x4: 1.8 times fewer products, ten times the
  /// error (about 1e-5 of the largest result).
  case wideTiles
  /// AMX tiles; each factor is the sum of this many bf16 numbers.
  case tiles(parts: Int, isEmulated: Bool)
  /// The fp32 kernels, with factors rounded as for tiles: for testing the numbers, without a gain in speed.
  case rounded(parts: Int)

  /// What `precision` means on a CPU: the one place that decides it.
  /// - Parameter tiles: of `gk_tiles`.
  init(_ precision: Precision, tiles: Int) {
    let parts = precision == .high ? 2 : 1
    switch (precision, tiles) {
    case (.highest, _): self = .single
    case (_, GK_TILES_AMX): self = .tiles(parts: parts, isEmulated: false)
    case (_, GK_TILES_EMULATED): self = .tiles(parts: parts, isEmulated: true)
    case (_, GK_TILES_ROUNDED): self = .rounded(parts: parts)
    default: self = .wideTiles
    }
  }

  /// The arithmetic of the calling thread's convolutions.
  static var current: ConvolutionArithmetic { Precision.current.arithmetic }

  /// For tests: lets the calling thread compute as on a CPU with other tiles while `body` runs.
  /// - Parameter tiles: of `gk_tiles`; AMX only on a CPU that has it.
  static func withTiles<Result>(_ tiles: Int, _ body: () throws -> Result) rethrows -> Result {
    let before = gk_scoped_tiles()
    gk_set_scoped_tiles(Int32(tiles))
    defer { gk_set_scoped_tiles(before) }
    return try body()
  }
}

extension Precision {
  var arithmetic: ConvolutionArithmetic { ConvolutionArithmetic(self, tiles: Int(gk_tiles())) }

  /// The arithmetic that this precision means on this CPU, for logs and checkpoints: `fp32`, `bf16x3 on AMX` and the like.
  package var arithmeticDescription: String {
    switch arithmetic {
    case .single: "fp32"
    case .wideTiles: "fp32 with wide tiles"
    case .tiles(let parts, let isEmulated): "\(Self.products(parts)) on \(isEmulated ? "emulated " : "")AMX"
    case .rounded(let parts): "\(Self.products(parts)) by rounding"
    }
  }

  private static let fallback = "computing in fp32 with wide Winograd tiles"

  static func products(_ parts: Int) -> String { parts == 1 ? "bf16" : "bf16x3" }

  /// One line for the user if the precision is not what its name says; otherwise nil.
  package var notice: String? {
    guard self != .highest else { return nil }
    switch Int(gk_tiles()) {
    case GK_TILES_AMX: return nil
    case GK_TILES_REFUSED:
      return "precision \(rawValue): \(Self.fallback), since the system does not let this process use AMX"
    case GK_TILES_EMULATED:
      return "precision \(rawValue): AMX is emulated (GANCTL_CPU=amx-emulated): a test of the kernels, and slow"
    case GK_TILES_ROUNDED:
      return "precision \(rawValue): factors are rounded for fp32 (GANCTL_CPU=bf16-rounded): a test of the numbers"
    default: return "precision \(rawValue): \(Self.fallback), since this CPU has no AMX for bf16"
    }
  }
}
