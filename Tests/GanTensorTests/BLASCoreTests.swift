import CBLASCore
import CRuntime
import Foundation
import GanBase
import Testing

@testable import GanTensor

/// The choice of OpenBLAS's kernels by what a CPU can do.
@Suite(.serialized) struct BLASCoreTests {
  private typealias Processor = BLASCorePlan.Processor

  private static let zen4 = Processor(vectors: Int32(GK_VECTORS_AVX512), hasBF16: true, isAMD: true)
  private static let emeraldRapids = Processor(vectors: Int32(GK_VECTORS_AVX512), hasBF16: true)
  private static let skylakeX = Processor(vectors: Int32(GK_VECTORS_AVX512))
  private static let alderLake = Processor(vectors: Int32(GK_VECTORS_AVX2))
  private static let zen3 = Processor(vectors: Int32(GK_VECTORS_AVX2), isAMD: true)
  private static let piledriver = Processor(vectors: Int32(GK_VECTORS_AVX), isAMD: true)
  private static let penryn = Processor(vectors: Int32(GK_VECTORS_SSE2))
  private static let arm = Processor(vectors: Int32(GK_VECTORS_OTHER))

  /// What the library takes, on what, and what is tried in its place.
  private static let cases: [(taken: String, processor: Processor, candidates: [String])] = [
    // OpenBLAS 0.3.21 does not know these: family 25 with AVX-512, family 26, Intel's models from 2023 on.
    ("Zen", zen4, ["Cooperlake", "SkylakeX"]),
    ("Prescott", zen4, ["Cooperlake", "SkylakeX", "Zen", "Haswell", "Sandybridge", "Nehalem"]),
    ("Barcelona", zen4, ["Cooperlake", "SkylakeX", "Zen", "Haswell", "Sandybridge", "Nehalem"]),
    ("Prescott", emeraldRapids, ["Cooperlake", "SkylakeX", "Haswell", "Sandybridge", "Nehalem"]),
    ("Haswell", emeraldRapids, ["Cooperlake", "SkylakeX"]),
    ("Prescott", skylakeX, ["SkylakeX", "Haswell", "Sandybridge", "Nehalem"]),
    ("Prescott", alderLake, ["Haswell", "Sandybridge", "Nehalem"]),
    ("Unknown", alderLake, ["Haswell", "Sandybridge", "Nehalem"]),
    ("Prescott", zen3, ["Zen", "Haswell", "Sandybridge", "Nehalem"]),
    ("Prescott", piledriver, ["Sandybridge", "Nehalem"]),
    // A library for one kind of CPU.
    ("GENERIC", alderLake, ["Haswell", "Sandybridge", "Nehalem"]), ("HASWELL", alderLake, []),
    // What it knows it chooses itself, among equals as well.
    ("SkylakeX", emeraldRapids, []), ("SapphireRapids", emeraldRapids, []), ("Cooperlake", zen4, []),
    ("Haswell", alderLake, []), ("Haswell", zen3, []), ("Zen", zen3, []), ("Excavator", zen3, []),
    ("Piledriver", piledriver, []), ("Penryn", penryn, []), ("Prescott", penryn, []),
    // A core of a later library is nothing to replace, and those of other architectures neither.
    ("DiamondRapids", emeraldRapids, []), ("NEOVERSEN1", arm, []), ("CORTEXA57", arm, []), ("ARMV8", arm, []),
    ("generic", arm, []),
  ]

  @Test func coresBeneathTheCPUAreReplaced() {
    for (taken, processor, candidates) in Self.cases {
      let plan = BLASCorePlan(taken: taken, on: processor)
      #expect(plan.candidates == candidates, "\(taken) on \(processor)")
      #expect(plan.choice == (candidates.isEmpty ? .library : .program(insteadOf: taken)))
      // Nothing that the CPU cannot run, nor anything that is no better.
      for candidate in plan.candidates {
        let rank = BLASCorePlan.rank(of: candidate) ?? -1
        #expect(rank <= processor.vectors && rank > BLASCorePlan.rank(of: taken) ?? 99)
      }
      #expect(BLASCorePlan(taken: taken, isWish: true, on: processor).candidates.isEmpty)
      #expect(BLASCorePlan(taken: taken, isWish: true, on: processor).choice == .user)
    }
  }

  /// One core for each level, whatever the library takes on the machine at hand.
  @Test func aNamedLevelHasOneCore() {
    let (plain, avx2, avx512) = (Int32(GK_CPU_PLAIN), Int32(GK_CPU_AVX2), Int32(GK_CPU_AVX512))
    let cases: [(taken: String, level: Int32, processor: Processor, candidates: [String])] = [
      ("SkylakeX", avx2, Self.skylakeX, ["Haswell", "Sandybridge", "Nehalem", "Prescott"]),
      ("Prescott", avx2, Self.emeraldRapids, ["Haswell", "Sandybridge", "Nehalem"]),
      ("Zen", avx2, Self.zen3, ["Haswell"]), ("Haswell", avx2, Self.alderLake, []),
      ("Cooperlake", avx512, Self.emeraldRapids, ["SkylakeX"]), ("SkylakeX", avx512, Self.skylakeX, []),
      // The plain level is about our own loops.
      ("Zen", plain, Self.zen3, []), ("Penryn", plain, Self.penryn, []), ("NEOVERSEN1", plain, Self.arm, []),
    ]
    for (taken, level, processor, candidates) in cases {
      let plan = BLASCorePlan(taken: taken, level: level, on: processor)
      #expect(plan.candidates == candidates, "\(taken) on \(processor), level \(level)")
      #expect(BLASCorePlan(taken: taken, isWish: true, level: level, on: processor).candidates.isEmpty)
    }
    let choice = BLASCorePlan(taken: "Zen", level: avx2, on: Self.zen3).choice
    #expect(BLASCore(name: "Haswell", choice: choice).reason == "chosen by ganctl for GANCTL_CPU=avx2")
  }

  @Test func aWishIsMetByItsNameOrItsLike() {
    #expect(BLASCorePlan.meets("Haswell", wish: "HASWELL") && BLASCorePlan.meets("neoversen1", wish: "NEOVERSEN1"))
    // Built without the oldest ones, the library takes another for them.
    #expect(BLASCorePlan.meets("Prescott", wish: "Penryn") && BLASCorePlan.meets("Core2", wish: "Dunnington"))
    #expect(!BLASCorePlan.meets("Prescott", wish: "haswel") && !BLASCorePlan.meets("Haswell", wish: "SkylakeX"))
  }

  // MARK: Taking

  /// A library that has some cores, of which some are faulty here.
  private final class Library {
    let own: String
    let cores: Set<String>
    let faulty: Set<String>
    var core: String
    var taken: [String] = []

    init(_ own: String, has cores: Set<String> = [], faulty: Set<String> = [], wish: String? = nil) {
      (self.own, self.cores, self.faulty) = (own, cores, faulty)
      core = wish.map { cores.contains($0) ? $0 : "Prescott" } ?? own
    }

    func choice(wish: String? = nil, level: Int32? = nil, on processor: BLASCorePlan.Processor) -> BLASCore {
      let library = BLASLibrary(
        core: { self.core },
        choose: { name in
          guard !self.cores.isEmpty else { return false }
          self.core = name.map { self.cores.contains($0) ? $0 : "Prescott" } ?? self.own
          self.taken.append(self.core)
          return true
        }, verdict: { self.faulty.contains(self.core) ? .wrong("sgemm gives wrong numbers") : .right })
      return BLASCore.choose(from: library, wish: wish, level: level, on: processor)
    }
  }

  private static let debian: Set = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX"]

  @Test func theBestThatTheLibraryHasAndThatIsRightIsTaken() {
    func name(_ own: String, faulty: Set<String> = [], on processor: BLASCorePlan.Processor) -> String {
      let library = Library(own, has: Self.debian, faulty: faulty)
      let core = library.choice(on: processor)
      #expect(core.name == library.core && core.fault == nil)
      return core.description
    }
    #expect(
      name("Prescott", on: Self.emeraldRapids) == "SkylakeX, chosen by ganctl: the library had taken Prescott")
    #expect(
      name("Prescott", faulty: ["SkylakeX"], on: Self.emeraldRapids)
        == "Haswell, chosen by ganctl: the library had taken Prescott")
    #expect(name("Zen", faulty: ["SkylakeX"], on: Self.zen4) == "Zen")
    #expect(name("Zen", on: Self.zen3) == "Zen")
    // Its own choice may be faulty, too.
    #expect(
      name("SkylakeX", faulty: ["SkylakeX"], on: Self.skylakeX)
        == "Haswell, chosen by ganctl: the library had taken SkylakeX, and sgemm gives wrong numbers")
  }

  @Test func wordsAreSaidWhereSpeedIsLostOrNothingWorks() throws {
    // The library has nothing better.
    let single = Library("GENERIC").choice(on: Self.alderLake)
    #expect(single.description == "GENERIC")
    #expect(
      single.remark?.message
        == "OpenBLAS computes with SSE (GENERIC), although this CPU has AVX2, which is faster")
    // A user's choice.
    let user = Library("Zen", has: Self.debian, wish: "Prescott").choice(wish: "Prescott", on: Self.zen3)
    #expect(user.name == "Prescott" && user.choice == .user)
    #expect(
      user.remark?.message
        == "OPENBLAS_CORETYPE makes OpenBLAS compute with SSE (Prescott), although this CPU has AVX2, which is faster")
    let level = Int32(GK_CPU_AVX2)
    let held = Library("SkylakeX", has: Self.debian, wish: "Haswell")
    #expect(held.choice(wish: "Haswell", level: level, on: Self.skylakeX).remark == nil)
    #expect(held.choice(wish: "Haswell", on: Self.skylakeX).remark != nil)
    // A name that the library does not know.
    let wrong = Library("Zen", has: Self.debian, wish: "haswel").choice(wish: "haswel", on: Self.zen3)
    #expect(wrong.name == "Zen" && wrong.choice == .library)
    #expect(
      wrong.remark?.message == "OPENBLAS_CORETYPE is \"haswel\", but OpenBLAS has no kernels of that name: it computes "
        + "with those for Zen")
    #expect(wrong.remark?.help == "unset it; names for this CPU are Zen, Haswell, Sandybridge, Nehalem, Prescott")
    // A user's choice that does not work, and a library that does not.
    let faulty = Library("Zen", has: Self.debian, faulty: ["SkylakeX"], wish: "SkylakeX")
    let fault = faulty.choice(wish: "SkylakeX", on: Self.zen3)
    #expect(fault.name == "SkylakeX" && faulty.taken.isEmpty)
    #expect(
      fault.remark?.message
        == "OpenBLAS does not work with its kernels for SkylakeX, chosen by OPENBLAS_CORETYPE: sgemm gives wrong numbers"
    )
    #expect(throws: GanError.self) { try fault.check() }
    let none = Library("Zen", has: Self.debian, faulty: Self.debian).choice(on: Self.zen3)
    #expect(none.name == "Zen")
    #expect(throws: GanError.self) { try none.check() }
  }

  @Test func aChoiceSaysWhoMadeIt() {
    #expect(BLASCore(name: "Zen", choice: .library).description == "Zen")
    #expect(BLASCore(name: "Haswell", choice: .user).description == "Haswell, chosen by OPENBLAS_CORETYPE")
    #expect(BLASCore(name: "Zen", choice: .library).reason == "chosen by OpenBLAS itself")
  }

  // MARK: The machine at hand

  @Test func theKernelsInUseAreRight() {
    #expect(BLASCore.current.fault == nil && BLASLibrary.loaded(preset: nil).verdict() == .right)
  }

  @Test func aFaultOfTheProcessorIsSurvived() {
    // One check at a time.
    _ = BLASCore.current
    #expect(gb_faults({}) == 0)
    #expect(gb_faults({ raise(SIGILL) }) == SIGILL)
    // Again: the signal is not left blocked.
    #expect(gb_faults({ raise(SIGILL) }) == SIGILL)
  }

  @Test func theEnvironmentForEarlierKernelsIsTold() {
    let (core, level) = (BLAS.core, CPULevel.current)
    #expect(Engine.environment(for: "OpenBLAS \(core), CPU level \(level)") == nil)
    #expect(Engine.environment(for: "OpenBLAS Nowhere, CPU level \(level)") == nil)
    #expect(Engine.environment(for: "OpenBLAS Prescott, CPU level avx9") == nil)
    #expect(Engine.environment(for: "something else") == nil)
    guard BLASCorePlan.Processor.current.vectors > Int32(GK_VECTORS_SSE2), level != "plain" else { return }
    #expect(Engine.environment(for: "OpenBLAS Prescott, CPU level \(level)") == "OPENBLAS_CORETYPE=Prescott")
    #expect(Engine.environment(for: "OpenBLAS \(core), CPU level plain, bf16") == "GANCTL_CPU=plain")
    #expect(
      Engine.environment(for: "OpenBLAS Nehalem, CPU level plain") == "GANCTL_CPU=plain OPENBLAS_CORETYPE=Nehalem")
  }
}
