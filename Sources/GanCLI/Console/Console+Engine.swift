import GanBase
import GanTensor

extension Console {
  /// Starts the engine, and warns if it will be slower than this CPU allows.
  /// - Throws: see `Engine.start`.
  func startEngine(threads: Int? = nil) throws {
    try Engine.start(threads: threads)
    warnOfKernels()
  }

  /// Prints warnings about the choice of OpenBLAS kernels.
  func warnOfKernels() {
    if let remark = Engine.remarkOnKernels { warning(remark.message, help: remark.help) }
  }
}
