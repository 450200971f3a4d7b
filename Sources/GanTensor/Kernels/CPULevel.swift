import CRuntime
import Foundation
import GanBase

/// The vector instructions that the program's own kernels use; BLAS chooses its kernels by itself.
///
/// Results of different levels differ in rounding only.
package enum CPULevel {
  /// The environment variable that lowers the level.
  package static let variable = GK_CPU_VARIABLE

  /// Names of all levels, from the fewest instructions to the most.
  package static var names: [String] {
    (Int32(GK_CPU_PLAIN)...Int32(GK_CPU_AVX512)).map { String(cString: gk_cpu_level_name($0)) }
  }

  /// The level in use: the best of this CPU, or the one that the environment names, if that is lower.
  package static var current: String { String(cString: gk_cpu_level_name(gk_cpu_level())) }

  /// Further values of the variable, for tests of `Precision` on CPUs without AMX; the level is then the best.
  static let emulations = ["amx-emulated", "bf16-rounded"]

  /// - Throws: `GanError` (usage) if the environment names no level.
  package static func check() throws {
    guard let value = getenv(variable), gk_cpu_level_of(value) < 0, !emulations.contains(String(cString: value))
    else { return }
    throw GanError.usage(
      "environment variable \(variable): unknown CPU level \"\(String(cString: value))\"",
      help: "set it to \(names.dropLast().joined(separator: ", ")) or \(names.last ?? ""), or do not set it")
  }
}
