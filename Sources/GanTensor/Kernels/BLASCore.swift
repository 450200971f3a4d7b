import CRuntime
import COpenBLAS
import Foundation

/// Which of OpenBLAS's sets of kernels is in use, and who chose it. Bits of results depend on it.
///
/// OpenBLAS knows CPUs by their model numbers, and takes its oldest kernels for one that is newer than itself: half the
/// speed and less. What counts are the instructions that the CPU has.
public struct BLASCore: Equatable, Sendable {
  public enum Choice: Equatable, Sendable {
    case library
    /// By the environment's variable.
    case user
    /// In place of the library's own choice.
    case program(insteadOf: String)
  }

  /// As the library calls it: `SkylakeX`.
  public let name: String
  public let choice: Choice

  /// The environment's variable by which a user chooses.
  public static let variable = "OPENBLAS_CORETYPE"
  /// For tests: the core that the library is to have taken by itself.
  static let testVariable = "GANCTL_OPENBLAS_TAKES"

  /// Chosen at the first call, which has to come before the first product of matrices.
  public static let current = choose()

  /// `SkylakeX, chosen by ganctl: the library had taken Prescott`; the name alone where the library chose.
  public var description: String { choice == .library ? name : "\(name), \(reason)" }

  /// `chosen by ganctl: the library had taken Prescott`
  public var reason: String {
    switch choice {
    case .library: "chosen by OpenBLAS itself"
    case .user: "chosen by \(Self.variable)"
    case .program(let other): "chosen by ganctl: the library had taken \(other)"
    }
  }

  // MARK: Choosing

  private static func choose() -> BLASCore {
    if getenv(variable) != nil { return BLASCore(name: loaded, choice: .user) }
    if let name = getenv(testVariable) { use(String(cString: name)) }
    let taken = loaded
    guard let rank = rank(of: taken) else { return BLASCore(name: taken, choice: .library) }
    for candidate in candidates(vectors: gk_cpu_vectors(), isAMD: gk_cpu_is_amd() != 0) {
      guard let better = Self.rank(of: candidate), better > rank else { break }
      if use(candidate), loaded == candidate, multipliesRightly() {
        return BLASCore(name: candidate, choice: .program(insteadOf: taken))
      }
    }
    if loaded != taken { use(taken) }
    return BLASCore(name: loaded, choice: .library)
  }

  /// Cores for a CPU, the best first. Those of AVX-512 with bf16 have the same kernels for floats as SkylakeX.
  static func candidates(vectors: Int32, isAMD: Bool) -> [String] {
    let all = [
      (GK_VECTORS_AVX512, "SkylakeX"), (GK_VECTORS_AVX2, isAMD ? "Zen" : "Haswell"), (GK_VECTORS_AVX2, "Haswell"),
      (GK_VECTORS_AVX, "Sandybridge"), (GK_VECTORS_SSE4, "Nehalem"),
    ]
    return all.filter { $0.0 <= vectors }.map(\.1)
  }

  /// The vectors that a core computes with; nil for one that is not known, which may well be a newer and better one.
  static func rank(of core: String) -> Int? {
    ranks.first { $0.cores.contains(core) }.map { Int($0.vectors) }
  }

  private static let ranks: [(vectors: Int, cores: Set<String>)] = [
    (
      GK_VECTORS_SSE2,
      [
        "Katmai", "Coppermine", "Northwood", "Prescott", "Banias", "Atom", "Core2", "Penryn", "Dunnington", "Athlon",
        "Opteron", "Opteron_SSE3", "Barcelona", "Nano", "Bobcat",
      ]
    ),
    (GK_VECTORS_SSE4, ["Nehalem"]), (GK_VECTORS_AVX, ["Sandybridge", "Bulldozer", "Piledriver", "Steamroller"]),
    (GK_VECTORS_AVX2, ["Haswell", "Excavator", "Zen"]),
    (GK_VECTORS_AVX512, ["SkylakeX", "Cooperlake", "SapphireRapids"]),
  ]

  // MARK: The library

  private static var loaded: String { String(cString: openblas_get_corename()) }

  /// Makes the library choose again, as it does when it is loaded; its other threads are idle. A library for one kind
  /// of CPU has nothing to choose.
  @discardableResult
  private static func use(_ core: String) -> Bool {
    typealias Function = @convention(c) () -> Void
    guard let forget = dlsym(nil, "gotoblas_dynamic_quit"), let choose = dlsym(nil, "gotoblas_dynamic_init") else {
      return false
    }
    setenv(variable, core, 1)
    defer { unsetenv(variable) }
    unsafeBitCast(forget, to: Function.self)()
    unsafeBitCast(choose, to: Function.self)()
    return true
  }

  /// Whether small products of matrices, of sizes that leave rests, are what plain sums are.
  private static func multipliesRightly() -> Bool {
    openblas_set_num_threads(1)
    guard BLASBuffers.reserve(1) else { return false }
    return [ElementType.float32, .float64].allSatisfy { type in
      [(17, 19, 23), (64, 48, 40)].allSatisfy { multipliesRightly(type, m: $0.0, n: $0.1, k: $0.2) }
    }
  }

  private static func multipliesRightly(_ type: ElementType, m: Int, n: Int, k: Int) -> Bool {
    // Small whole numbers: every order of summation gives the same.
    let a = (0..<m * k).map { Double($0 * 7 % 11) - 5 }, b = (0..<k * n).map { Double($0 * 5 % 13) - 6 }
    var found: [Double]
    if type == .float32 {
      var c = [Float](repeating: .nan, count: m * n)
      gemm(type, m: m, n: n, k: k, a.map(Float.init), k, b.map(Float.init), n, &c, n)
      found = c.map(Double.init)
    } else {
      found = [Double](repeating: .nan, count: m * n)
      gemm(type, m: m, n: n, k: k, a, k, b, n, &found, n)
    }
    return (0..<m * n).allSatisfy { index in
      let (row, column) = (index / n, index % n)
      return found[index] == (0..<k).reduce(0) { $0 + a[row * k + $1] * b[$1 * n + column] }
    }
  }
}
