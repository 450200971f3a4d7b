import CRuntime

/// Which sets of kernels of OpenBLAS are wanted: a decision from plain facts.
///
/// OpenBLAS knows CPUs by their model numbers, and takes its oldest kernels for one that is newer than itself: half the
/// speed and less. What counts are the instructions that the CPU has.
struct BLASCorePlan: Equatable {
  /// What a CPU can do, as far as it matters here.
  struct Processor: Equatable {
    /// One of `GK_VECTORS_...`.
    var vectors: Int32
    var hasBF16 = false
    var isAMD = false

    static var current: Processor {
      Processor(vectors: gk_cpu_vectors(), hasBF16: gk_cpu_has_bf16() != 0, isAMD: gk_cpu_is_amd() != 0)
    }
  }

  /// To be tried in this order in place of the one that the library took, which stays where none of them works.
  let candidates: [String]
  /// Who chooses these; where there are none, who chose what the library took.
  let choice: BLASCore.Choice
  /// What a core must compute with, or it costs speed.
  let vectors: Int32

  /// - Parameters:
  ///   - taken: what the library took by itself, or by the user's wish.
  ///   - isWish: whether that was the user's wish, which is never overridden.
  ///   - level: the CPU level that the environment names, if it does and the CPU reaches it. Such a level is for
  ///     results of another machine, so the core has to be the same on every machine, too: the library's own choice
  ///     goes by more than the level. `plain` is about our own loops in C and leaves OpenBLAS alone.
  init(taken: String, isWish: Bool = false, level: Int32? = nil, on processor: Processor) {
    let core = level.flatMap(Self.core(of:)), limit = core.flatMap(Self.rank(of:)) ?? processor.vectors
    vectors = min(limit, processor.vectors)
    let rank = Self.rank(of: taken)
    if isWish || vectors == GK_VECTORS_OTHER {
      (candidates, choice) = ([], isWish ? .user : .library)
    } else if let level, let core {
      // What the library took is a second choice as good as any of its rank, unless it is above the level.
      let least = rank.map { $0 <= limit ? $0 : -1 } ?? -1
      let others = Self.cores(above: least, upTo: vectors, on: processor).filter { $0 != core }
      candidates = taken == core ? [] : [core] + others
      choice = taken == core ? .library : .level(String(cString: gk_cpu_level_name(level)))
    } else if let rank, rank < vectors {
      candidates = Self.cores(above: rank, upTo: vectors, on: processor)
      choice = .program(insteadOf: taken)
    } else {
      (candidates, choice) = ([], .library)
    }
  }

  /// Whether the library did what a user's variable asks for. It has other names for some cores that are much alike.
  static func meets(_ taken: String, wish: String) -> Bool {
    if taken.lowercased() == wish.lowercased() { return true }
    guard let rank = rank(of: wish) else { return false }
    return rank == Self.rank(of: taken)
  }

  /// Cores for a CPU, the best first. Of two for AVX-512 OpenBLAS itself prefers Cooperlake on a CPU with bf16.
  /// - Parameters:
  ///   - least: vectors that are too few.
  ///   - most: those of the CPU, or fewer.
  static func cores(above least: Int32 = -1, upTo most: Int32? = nil, on processor: Processor) -> [String] {
    let all = [
      (GK_VECTORS_AVX512, processor.hasBF16 ? "Cooperlake" : "SkylakeX"), (GK_VECTORS_AVX512, "SkylakeX"),
      (GK_VECTORS_AVX2, processor.isAMD ? "Zen" : "Haswell"), (GK_VECTORS_AVX2, "Haswell"),
      (GK_VECTORS_AVX, "Sandybridge"), (GK_VECTORS_SSE4, "Nehalem"), (GK_VECTORS_SSE2, "Prescott"),
    ]
    return all.filter { $0.0 > least && $0.0 <= most ?? processor.vectors }.map(\.1).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// The core of a CPU level: that of the first CPUs that had its instructions, which every later one can run. Nil for
  /// `plain`.
  static func core(of level: Int32) -> String? {
    switch Int(level) {
    case GK_CPU_AVX2: "Haswell"
    case GK_CPU_AVX512: "SkylakeX"
    default: nil
    }
  }

  /// The vectors that a core computes with; nil for one that is not known, which may well be a newer and better one, or
  /// of another architecture. A library for one kind of CPU writes names in capitals.
  static func rank(of core: String) -> Int32? {
    let name = core.lowercased()
    return ranks.first { $0.cores.contains(name) }.map { Int32($0.vectors) }
  }

  static func name(ofVectors vectors: Int32) -> String {
    switch Int(vectors) {
    case GK_VECTORS_AVX512: "AVX-512"
    case GK_VECTORS_AVX2: "AVX2"
    case GK_VECTORS_AVX: "AVX"
    default: "SSE"
    }
  }

  private static let ranks: [(vectors: Int, cores: Set<String>)] = [
    (
      GK_VECTORS_SSE2,
      [
        "unknown", "generic", "katmai", "coppermine", "northwood", "prescott", "banias", "atom", "core2", "penryn",
        "dunnington", "athlon", "opteron", "opteron_sse3", "barcelona", "nano", "bobcat",
      ]
    ),
    (GK_VECTORS_SSE4, ["nehalem"]), (GK_VECTORS_AVX, ["sandybridge", "bulldozer", "piledriver", "steamroller"]),
    (GK_VECTORS_AVX2, ["haswell", "excavator", "zen"]),
    (GK_VECTORS_AVX512, ["skylakex", "cooperlake", "sapphirerapids"]),
  ]
}
