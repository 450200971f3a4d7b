import GanBase
import GanTensor

extension Console {
  /// Starts what computes, and warns where it computes more slowly than this CPU can.
  /// - Throws: see `Engine.start`.
  func startEngine(threads: Int? = nil) throws {
    try Engine.start(threads: threads)
    warnOfKernels()
  }

  /// Says what a user should know of the kernels of OpenBLAS.
  func warnOfKernels() {
    if let remark = Engine.remarkOnKernels { warning(remark.message, help: remark.help) }
  }
}
