import CKernels
import Foundation
import GanBase

/// The machinery behind all operations.
public enum Engine {
  /// To be called once, before the first operation.
  /// - Parameter threads: threads that compute; all cores by default. Results do not depend on it.
  public static func start(threads: Int? = nil) {
    BLAS.configure()
    ThreadPool.shared.start(threads: affordable(threads ?? ProcessInfo.processInfo.activeProcessorCount))
  }

  /// As many of the threads as a limit of addresses (`ulimit -v`) leaves room for; where there is none even for one,
  /// the process ends, since OpenBLAS would ask for its memory for ever.
  private static func affordable(_ threads: Int) -> Int {
    guard let left = MemoryLimits.availableAddresses else { return threads }
    let room = left - leastForTensors
    if room < addressesOfThread {
      let need = leastForTensors + addressesOfThread
      MemoryLimits.end(
        "computing needs about \(need >> 20) MiB of addresses, and the limit (ulimit -v or -d) leaves \(left >> 20) MiB")
    }
    return min(threads, room / addressesOfThread)
  }

  /// OpenBLAS takes 128 MiB for each thread that calls it, of which it uses little; the rest is the thread's stack.
  private static let addressesOfThread = 140 << 20
  private static let leastForTensors = 64 << 20

  /// To be called first of all in a process that will compute: what has to be asked of the system is refused later.
  public static func prepareProcess() {
    _ = gk_tiles()
    _ = BLASCore.current
  }

  /// What the bits of results depend on, besides the program: `OpenBLAS SkylakeX, CPU level avx512`. Threads do not
  /// count.
  public static var kernels: String { "OpenBLAS \(BLAS.core), CPU level \(CPULevel.current)" }

  /// The same where convolutions go by `precision`, for checkpoints: with their arithmetic, where it is not fp32.
  public static func kernels(_ precision: Precision) -> String {
    kernels + (precision.arithmetic == .single ? "" : ", \(precision.means)")
  }

  /// The same, telling who chose the kernels where it was not the library.
  public static var kernelsWithReason: String {
    let core = BLASCore.current
    return core.choice == .library ? kernels : "OpenBLAS \(core.description); CPU level \(CPULevel.current)"
  }

  /// One line for logs, for example `OpenBLAS SkylakeX, CPU level avx512, 2 threads, fp32`.
  public static func description(_ precision: Precision) -> String {
    "\(kernelsWithReason), \(ThreadPool.shared.threads) thread\(ThreadPool.shared.threads == 1 ? "" : "s"), \(precision.means)"
  }

  /// The most memory that this process has held, in bytes (resident set).
  public static var peakResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
