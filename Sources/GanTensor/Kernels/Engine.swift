import Foundation
import GanBase

/// The machinery behind all operations.
public enum Engine {
  /// To be called once, before the first operation.
  /// - Parameter threads: threads that compute; all cores by default. Results do not depend on it.
  public static func start(threads: Int? = nil) {
    BLAS.configure()
    ThreadPool.shared.start(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  /// What the bits of results depend on, besides the program: `OpenBLAS SkylakeX, CPU level avx512`. Threads do not
  /// count.
  public static var kernels: String { "OpenBLAS \(BLAS.core), CPU level \(CPULevel.current)" }

  /// One line for logs, for example `OpenBLAS SkylakeX, CPU level avx512, 2 threads`.
  public static var description: String { "\(kernels), \(ThreadPool.shared.threads) threads" }

  /// The most memory that this process has held, in bytes (resident set).
  public static var peakResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
