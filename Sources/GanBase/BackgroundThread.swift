import CProcess
import Foundation

/// Threads beside the main one. Unlike Foundation's, they report it if the system refuses one.
package enum BackgroundThread {
  private final class Work {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
  }

  /// Runs `body` on a new thread.
  /// - Parameter name: at most 15 characters.
  /// - Returns: 0, or the system's error number; then nothing runs.
  package static func start(_ name: String, stackSize: Int = 4 << 20, _ body: @escaping @Sendable () -> Void) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let work = Unmanaged.passRetained(Work(name, body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        gp_name_thread(work.name)
        work.body()
        return nil
      }, work.toOpaque())
    if code != 0 { work.release() }
    return code
  }
}
