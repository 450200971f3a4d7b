import CProcess

/// The signals by which a user, a terminal or a batch system asks the program to end: SIGINT, SIGTERM, SIGHUP, SIGUSR1
/// and SIGXCPU, unless the process was started with one of them ignored, as by `nohup`. The exit status is then 128 + the
/// signal's number. SIGQUIT (Ctrl-\) ends at once whatever the program does.
package enum Signals {
  /// From now on a signal ends the process at once and leaves no temporary files: right for a command with nothing to
  /// save. To be called first of all.
  package static func start() { gp_signals_start() }

  /// From now on the first signal sets `pending`, for a command that has something to save or to say before its end. A
  /// second one ends the process at once.
  /// - Parameter grace: seconds after which the process ends in any case; nil for as long as it takes.
  package static func install(grace: Double? = nil) {
    start()
    gp_signals_defer(grace.map { max(1, Int32($0 * 1000)) } ?? 0)
  }

  /// The signal that came, if one did; the process should end with 128 + its number.
  package static var pending: Int32? {
    let number = gp_signal_pending()
    return number == 0 ? nil : number
  }

  /// Seconds since it came; 0 if none did.
  package static var age: Double { Double(gp_signal_age()) / 1000 }

  /// Ends the process at once with this exit status, as a signal would: temporary files are removed, nothing is saved.
  package static func end(status: Int32) -> Never { gp_end(status) }
}
