import Foundation

@testable import GanCLI

/// A console that writes into memory, with a clock that a test moves.
final class TestConsole {
  private final class Record: @unchecked Sendable {
    var output = ""
    var messages = ""
    var time = 0.0
    var columns = 20
    var outputError: Int32 = 0
  }

  private let record = Record()
  let console: Console

  init(terminal: Bool = false, colour: Bool = false) {
    let record = record
    console = Console(
      output: ConsoleDevice(
        write: {
          record.output += $0
          return record.outputError
        }, isTerminal: terminal, usesColour: colour, columns: { record.columns }),
      messages: ConsoleDevice(
        write: {
          record.messages += $0
          return 0
        }, isTerminal: terminal, usesColour: colour, columns: { record.columns }),
      clock: { record.time })
  }

  var output: String { record.output }
  var messages: String { record.messages }
  var time: Double {
    get { record.time }
    set { record.time = newValue }
  }
  var columns: Int {
    get { record.columns }
    set { record.columns = newValue }
  }
  var outputError: Int32 {
    get { record.outputError }
    set { record.outputError = newValue }
  }

  /// What was written to the messages since the last call.
  func takeMessages() -> String {
    defer { record.messages = "" }
    return record.messages
  }
}
