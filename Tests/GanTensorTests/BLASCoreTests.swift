import CRuntime
import Testing

@testable import GanTensor

/// The choice of OpenBLAS's kernels by what a CPU can do.
@Suite struct BLASCoreTests {
  @Test func candidatesGoFromTheBestDown() {
    #expect(BLASCore.candidates(vectors: Int32(GK_VECTORS_AVX512), isAMD: false).first == "SkylakeX")
    #expect(BLASCore.candidates(vectors: Int32(GK_VECTORS_AVX2), isAMD: false).first == "Haswell")
    #expect(BLASCore.candidates(vectors: Int32(GK_VECTORS_AVX2), isAMD: true).first == "Zen")
    #expect(BLASCore.candidates(vectors: Int32(GK_VECTORS_AVX), isAMD: false) == ["Sandybridge", "Nehalem"])
    #expect(BLASCore.candidates(vectors: Int32(GK_VECTORS_SSE2), isAMD: false).isEmpty)
  }

  @Test func everyCandidateHasTheRankOfItsVectors() {
    for vectors in [GK_VECTORS_SSE4, GK_VECTORS_AVX, GK_VECTORS_AVX2, GK_VECTORS_AVX512] {
      let best = BLASCore.candidates(vectors: Int32(vectors), isAMD: true).first
      #expect(best.flatMap(BLASCore.rank) == Int(vectors))
    }
    #expect(BLASCore.rank(of: "Prescott") == 0)
    // A core of a later library is nothing to replace.
    #expect(BLASCore.rank(of: "Neoverse") == nil)
  }

  @Test func aChoiceSaysWhoMadeIt() {
    #expect(BLASCore(name: "Zen", choice: .library).description == "Zen")
    #expect(
      BLASCore(name: "SkylakeX", choice: .program(insteadOf: "Prescott")).description
        == "SkylakeX, chosen by ganctl: the library had taken Prescott")
    #expect(BLASCore(name: "Haswell", choice: .user).description == "Haswell, chosen by OPENBLAS_CORETYPE")
  }
}
