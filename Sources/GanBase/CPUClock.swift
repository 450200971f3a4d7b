import Foundation

/// Time that a CPU has worked, which other work on the machine does not lengthen as it does the time that passes.
package enum CPUClock {
  /// For the calling thread.
  case thread
  /// For all threads of this process.
  case process

  package var seconds: Double {
    var time = timespec()
    clock_gettime(self == .thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
