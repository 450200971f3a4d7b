import Foundation
import GanBase
import GanTensor

/// `ganctl version`
enum VersionCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification("version", summary: "Show the version and the platform it runs on")
  }

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    context.console.result("ganctl \(Program.version)")
    var table = TextTable([.leading, .leading])
    for (name, value) in facts { table.add([name, value]) }
    context.console.result(table)
    context.console.warnOfKernels()
    return ExitCode.ok.rawValue
  }

  /// Facts about the machine for bug reports.
  private static var facts: [(String, String)] {
    [
      ("system", system), ("processor", processorName), ("cores", "\(ProcessInfo.processInfo.activeProcessorCount)"),
      ("memory", Format.bytes(ProcessInfo.processInfo.physicalMemory)), ("kernels", Engine.kernelsWithReason),
      ("build", build),
    ]
  }

  private static var system: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    return "\(text(&names.sysname)) \(text(&names.release)) \(text(&names.machine))"
  }

  /// The characters of a C array up to its terminating zero.
  private static func text<Characters>(_ characters: inout Characters) -> String {
    withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static var build: String {
    #if DEBUG
      return "debug"
    #else
      return "release"
    #endif
  }
}
