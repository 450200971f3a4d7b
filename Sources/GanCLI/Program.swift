import Foundation
import GanBase
import GanTensor

/// The program: runs commands and returns the exit status.
package enum Program {
  /// The version, recorded in checkpoints and reports.
  package static let version = "0.1.0"

  /// Runs `ganctl` with the arguments after the program's name.
  /// - Returns: the exit status.
  package static func main(_ arguments: [[UInt8]]) -> Int32 {
    Signals.start()
    endWhenOutOfMemory()
    Engine.prepareProcess()
    return run(arguments.map { Argument(bytes: $0) }, in: CommandContext(console: .shared, table: .standard))
  }

  /// Ends the process with a message if memory runs out where nothing can be thrown.
  static func endWhenOutOfMemory() {
    OutOfMemory.setLastResort { error in
      Console.shared.report(error)
      Signals.end(status: error.code.rawValue)
    }
  }

  /// Runs a command in a given context; errors are printed to its console.
  static func run(_ arguments: [Argument], in context: CommandContext) -> Int32 {
    let console = context.console
    var status: Int32
    do {
      status = try dispatch(arguments, in: context)
    } catch let error as GanError {
      console.report(error)
      status = error.code.rawValue
    } catch {
      console.report(unexpected(error))
      status = ExitCode.bug.rawValue
    }
    console.endProgress()
    if status == ExitCode.ok.rawValue, let failure = console.outputFailure {
      console.report(failure)
      status = failure.code.rawValue
    }
    return status
  }

  private static func dispatch(_ arguments: [Argument], in context: CommandContext) throws -> Int32 {
    let (console, table) = (context.console, context.table)
    guard let name = arguments.first?.text, name != "--help", name != "-h" else {
      console.result(page: table.overview)
      return ExitCode.ok.rawValue
    }
    if name == "--version" {
      console.result("ganctl \(version)")
      return ExitCode.ok.rawValue
    }
    if name.hasPrefix("-") { throw misplaced(name) }
    let command = try table.command(name)
    let rest = Array(arguments.dropFirst())
    if ArgumentReader.asksForHelp(rest) {
      console.result(page: command.specification.helpText)
      return ExitCode.ok.rawValue
    }
    try CPULevel.check()
    Engine.chooseKernels()
    let parsed = try ArgumentReader.read(rest, command.specification)
    console.verbosity = try parsed.verbosity()
    let begin = ContinuousClock.now
    let status = try command.run(parsed, in: context)
    console.detail(
      "\(command.specification.name): \(Format.duration((ContinuousClock.now - begin) / .seconds(1))), peak memory "
        + Format.bytes(Engine.peakResidentBytes))
    return status
  }

  private static func misplaced(_ option: String) -> GanError {
    let near = suggestion(for: option, among: ["--help", "--version"]).map { "; did you mean \($0)?" } ?? ""
    return .usage(
      "unknown option \(option)\(near)", help: "options of a command follow its name: ganctl COMMAND [options]")
  }

  private static func unexpected(_ error: any Error) -> GanError {
    GanError(
      .bug, "internal error: \(error)",
      help: "this is a bug in ganctl \(version); please report it together with the command line")
  }
}
