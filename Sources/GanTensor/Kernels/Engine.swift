import CRuntime
import Foundation
import GanBase
import Synchronization

/// The machinery behind all operations.
package enum Engine {
  /// To be called once, before the first operation.
  /// - Parameter threads: threads that compute; all cores by default. Results do not depend on it, and there are fewer
  ///   where a limit of addresses (`ulimit -v`) leaves no room for so many.
  /// - Throws: `GanError` (environment) where there is none even for one, or where OpenBLAS computes wrongly.
  package static func start(threads: Int? = nil) throws {
    BLAS.configure()
    try BLASCore.current.check()
    let wanted = threads ?? ProcessInfo.processInfo.activeProcessorCount
    // The check of the kernels has taken the first of the blocks that are counted here.
    let left = MemoryLimits.availableAddresses.map { $0 + BLASBuffers.takenBytes }
    let count = left.map { min(wanted, max(1, $0 / 2 / addressesOfThread)) } ?? wanted
    let room = left.map { $0 - leastForTensors - count * addressesOfThread } ?? 0
    guard room >= 0, BLASBuffers.reserve(count) else {
      throw tooLittle(count, left)
    }
    threadsWanted.store(wanted, ordering: .relaxed)
    ThreadPool.shared.start(threads: count)
  }

  private static func tooLittle(_ threads: Int, _ left: Int?) -> GanError {
    let need = "computing takes about \((leastForTensors + threads * addressesOfThread) >> 20) MiB of addresses"
    guard let left else {
      return .environment(
        "\(need), and the system does not give them",
        help: "use fewer threads (--threads), or a machine with more memory")
    }
    return .environment(
      "\(need), and the limit (ulimit -v or -d) leaves \(left >> 20) MiB", help: "raise the limit")
  }

  /// A thread's block of OpenBLAS and its stack, and what goes with them.
  private static let addressesOfThread = BLASBuffers.bytes + (12 << 20)
  private static let leastForTensors = 16 << 20
  private static let threadsWanted = Atomic(0)

  /// To be called first of all in a process that will compute: requests AMX, which the kernel may refuse later.
  package static func prepareProcess() { _ = gk_tiles() }

  /// To be called before any other thread begins, because it changes the environment for a moment. Takes two
  /// milliseconds, for the check.
  package static func chooseKernels() { _ = BLASCore.current }

  /// What the bits of results depend on, besides the program: `OpenBLAS SkylakeX, CPU level avx512`. Threads do not
  /// count.
  package static var kernels: String { "OpenBLAS \(BLAS.core), CPU level \(CPULevel.current)" }

  /// The same where convolutions go by `precision`, for checkpoints: with their arithmetic, where it is not fp32.
  package static func kernels(_ precision: Precision) -> String {
    kernels + (precision.arithmetic == .single ? "" : ", \(precision.arithmeticDescription)")
  }

  /// Why OpenBLAS computes with these kernels: `chosen by ganctl: the library had taken Prescott`.
  package static var reasonForKernels: String { BLASCore.current.reason }

  /// The same, telling who chose the kernels where it was not the library.
  package static var kernelsWithReason: String {
    let core = BLASCore.current
    return core.choice == .library ? kernels : "OpenBLAS \(core.description); CPU level \(CPULevel.current)"
  }

  /// One line for logs, for example `OpenBLAS SkylakeX, CPU level avx512, 2 threads, fp32`.
  package static func description(_ precision: Precision) -> String {
    let threads = ThreadPool.shared.threads, wanted = threadsWanted.load(ordering: .relaxed)
    let limited = threads < wanted ? " (of \(wanted): the limit of memory has no room for more)" : ""
    return "\(kernelsWithReason), \(counted(threads, "thread"))\(limited), \(precision.arithmeticDescription)"
  }

  /// The most memory that this process has held, in bytes (resident set).
  package static var peakResidentBytes: Int {
    if let peak = MemoryLimits.peakResident { return peak }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
