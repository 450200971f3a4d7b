import CKernels
import CRuntime
import GanBase

/// The peak arithmetic speed of this machine, for comparison with kernels.
package enum PeakSpeed {
  /// Additions and multiplications of floats a second, on all threads of the pool: the best of `attempts` bursts of
  /// half a millisecond or so. With the vectors that `GANCTL_CPU` allows.
  package static func float32(attempts: Int = 200) -> Double {
    let threads = ThreadPool.shared.threads, rounds = 200_000
    var best = 0.0
    for _ in 0..<max(attempts, 1) {
      var results = [Double](repeating: 0, count: threads), counts = [Int](repeating: 0, count: threads)
      let start = ContinuousClock.now
      results.withUnsafeMutableBufferPointer { results in
        counts.withUnsafeMutableBufferPointer { counts in
          ThreadPool.shared.run(threads) { counts[$0] = gk_peak_burst(rounds, &results[$0]) }
        }
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      best = max(best, Double(counts.reduce(0, +)) / seconds)
    }
    return best
  }

  /// The vector instructions that this program's kernels may use, for example `AVX-512`.
  package static var vectors: String {
    switch gk_cpu_level() {
    case Int32(GK_CPU_AVX512): "AVX-512"
    case Int32(GK_CPU_AVX2): "AVX2"
    default: "plain"
    }
  }
}
