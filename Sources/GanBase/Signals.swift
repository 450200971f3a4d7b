import Foundation
import Synchronization

/// SIGINT and SIGTERM as a wish to stop at the next good moment. A second signal ends the process at once.
public enum Signals {
  private static let received = Atomic<Int32>(0)

  /// From now on the two signals set `pending` instead of ending the process.
  public static func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Signals.received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  /// The signal that came, if one did; the process should end with 128 + its number.
  public static var pending: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
