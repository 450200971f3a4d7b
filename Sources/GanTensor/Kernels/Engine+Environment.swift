import GanBase

extension Engine {
  /// What in the environment lets this program compute as a checkpoint's `kernels` tell, on this CPU:
  /// `GANCTL_CPU=avx2 OPENBLAS_CORETYPE=Zen`. Nil if nothing is known to do so.
  package static func environment(for kernels: String) -> String? {
    let parts = kernels.split(separator: ", ").map(String.init), starts = ["OpenBLAS ", "CPU level "]
    guard parts.count >= 2, zip(parts, starts).allSatisfy({ $0.hasPrefix($1) }) else { return nil }
    let core = String(parts[0].dropFirst(starts[0].count)), level = String(parts[1].dropFirst(starts[1].count))
    let levels = CPULevel.names
    guard BLASCorePlan.cores(on: .current).contains(core), let place = levels.firstIndex(of: level),
      let current = levels.firstIndex(of: CPULevel.current), place <= current
    else { return nil }
    var settings: [String] = []
    if place != current { settings.append("\(CPULevel.variable)=\(level)") }
    // A level may name a core, too.
    if core != (place == current ? BLAS.core : BLASCorePlan.core(of: Int32(place)) ?? BLAS.core) {
      settings.append("\(BLASCore.variable)=\(core)")
    }
    return settings.isEmpty ? nil : settings.joined(separator: " ")
  }

  /// What a user should know of the kernels of OpenBLAS, such as that their choice costs speed.
  package static var remarkOnKernels: Diagnostic? { BLASCore.current.remark }
}
