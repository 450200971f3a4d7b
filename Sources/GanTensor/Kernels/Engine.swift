import CKernels
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

  /// To be called first of all in a process that will compute: what has to be asked of the system is refused later.
  public static func prepareProcess() { _ = gk_tiles() }

  /// One line for logs, for example `OpenBLAS SkylakeX, 2 threads, fp32`.
  public static func description(_ precision: Precision) -> String {
    "OpenBLAS \(BLAS.core), \(ThreadPool.shared.threads) threads, \(precision.means)"
  }

  /// What the bits of results depend on, besides the program, for checkpoints: `OpenBLAS SkylakeX` and, where
  /// convolutions are not in fp32, their arithmetic.
  public static func arithmetic(_ precision: Precision) -> String {
    "OpenBLAS \(BLAS.core)" + (precision.arithmetic == .single ? "" : ", \(precision.means)")
  }

  /// The most memory that this process has held, in bytes (resident set).
  public static var peakResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
