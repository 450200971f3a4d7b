import CRuntime
import Foundation
import GanBase

/// Which of OpenBLAS's sets of kernels is in use, and who chose it. Bits of results depend on it.
package struct BLASCore: Equatable, Sendable {
  package enum Choice: Equatable, Sendable {
    case library
    /// By the environment's variable.
    case user
    /// In place of the library's own choice, which is too old for the CPU, or faulty on it.
    case program(insteadOf: String, fault: String? = nil)
    /// For the CPU level that the environment names.
    case level(String)
  }

  /// As the library calls it: `SkylakeX`.
  package let name: String
  package let choice: Choice
  /// What a user should know of it, such as that it costs speed; nil where all is well.
  package private(set) var remark: Diagnostic?
  /// `sgemm gives wrong numbers`: nothing can be computed then.
  private(set) var fault: String?

  /// The environment's variable by which a user chooses.
  package static let variable = "OPENBLAS_CORETYPE"
  /// For tests: the core that the library is to have taken by itself.
  static let testVariable = "GANCTL_OPENBLAS_TAKES"

  /// Chosen at the first call, which has to come before the first product of matrices.
  package static let current = choose()

  init(name: String, choice: Choice) { (self.name, self.choice) = (name, choice) }

  /// `SkylakeX, chosen by ganctl: the library had taken Prescott`; the name alone where the library chose.
  package var description: String { choice == .library ? name : "\(name), \(reason)" }

  /// `chosen by ganctl: the library had taken Prescott`
  package var reason: String {
    switch choice {
    case .library: "chosen by OpenBLAS itself"
    case .user: "chosen by \(Self.variable)"
    case .program(let other, nil): "chosen by ganctl: the library had taken \(other)"
    case .program(let other, let fault?): "chosen by ganctl: the library had taken \(other), and \(fault)"
    case .level(let level): "chosen by ganctl for \(CPULevel.variable)=\(level)"
    }
  }

  /// - Throws: `GanError` (environment) where no kernels give right numbers.
  func check() throws {
    if fault != nil, let remark { throw GanError(.environment, [remark]) }
  }

  // MARK: Choosing

  private static func choose() -> BLASCore {
    let preset = getenv(testVariable).map { String(cString: $0) }
    let value = getenv(variable).map { String(cString: $0) }
    // An empty value is what a shell makes of a variable that is to be without effect; the library takes it for a name.
    let wish = value == "" ? nil : value
    let library = BLASLibrary.loaded(preset: preset)
    if wish == nil, preset != nil || value != nil { _ = library.choose(nil) }
    let level = gk_cpu_named_level()
    return choose(from: library, wish: wish, level: level < 0 ? nil : level, on: .current)
  }

  /// - Parameters:
  ///   - wish: the value of the user's variable, by which the library has chosen.
  ///   - level: the CPU level that the environment names.
  static func choose(
    from library: BLASLibrary, wish: String?, level: Int32?, on processor: BLASCorePlan.Processor
  ) -> BLASCore {
    let isWish = wish.map { BLASCorePlan.meets(library.core(), wish: $0) } ?? false
    // For a name that it does not know the library takes anything.
    if wish != nil, !isWish { _ = library.choose(nil) }
    let taken = library.core()
    let plan = BLASCorePlan(taken: taken, isWish: isWish, level: level, on: processor)
    if var core = firstRight(plan.candidates, from: library, plan.choice) {
      if let wish { core.remark = core.remark(ignoring: wish, processor) }
      return core
    }
    if library.core() != taken { _ = library.choose(nil) }
    return kept(from: library, wish: wish, isWish: isWish, plan, on: processor)
  }

  /// What the library took stays, unless it is faulty.
  private static func kept(
    from library: BLASLibrary, wish: String?, isWish: Bool, _ plan: BLASCorePlan, on processor: BLASCorePlan.Processor
  ) -> BLASCore {
    let taken = library.core()
    var core = BLASCore(name: taken, choice: isWish ? .user : .library)
    switch library.verdict() {
    case .wrong(let fault):
      let others = isWish ? [] : BLASCorePlan.cores(upTo: plan.vectors, on: processor).filter { $0 != taken }
      if let other = firstRight(others, from: library, .program(insteadOf: taken, fault: fault)) { return other }
      if library.core() != taken { _ = library.choose(nil) }
      core.fault = fault
      core.remark = core.remark(onFault: fault)
    case .right:
      if let wish, !isWish {
        core.remark = core.remark(ignoring: wish, processor)
      } else if let rank = BLASCorePlan.rank(of: taken), rank < plan.vectors {
        core.remark = core.remark(onSpeedOf: rank, against: plan.vectors)
      }
    case .unknown: break
    }
    return core
  }

  private static func firstRight(_ names: [String], from library: BLASLibrary, _ choice: Choice) -> BLASCore? {
    for name in names where library.choose(name) && library.core() == name && library.verdict() == .right {
      return BLASCore(name: name, choice: choice)
    }
    return nil
  }

  // MARK: Remarks

  private func remark(onFault fault: String) -> Diagnostic {
    Diagnostic(
      "OpenBLAS does not work with its kernels for \(name), \(reason): \(fault)",
      help: choice == .user ? "unset \(Self.variable)" : "install another version of OpenBLAS")
  }

  private func remark(ignoring wish: String, _ processor: BLASCorePlan.Processor) -> Diagnostic {
    let names = BLASCorePlan.cores(on: processor).joined(separator: ", ")
    return Diagnostic(
      "\(Self.variable) is \"\(wish)\", but OpenBLAS has no kernels of that name: it computes with those for \(name)",
      help: names.isEmpty ? "unset it" : "unset it; names for this CPU are \(names)")
  }

  private func remark(onSpeedOf rank: Int32, against best: Int32) -> Diagnostic {
    let (slow, fast) = (BLASCorePlan.name(ofVectors: rank), BLASCorePlan.name(ofVectors: best))
    let verb = choice == .user ? "\(Self.variable) makes OpenBLAS compute" : "OpenBLAS computes"
    return Diagnostic(
      "\(verb) with \(slow) (\(name)), although this CPU has \(fast), which is faster",
      help: choice == .user
        ? "unset it, unless you want the numbers of another machine"
        : "it has no better kernels that work here; install an OpenBLAS that was built for all CPUs (DYNAMIC_ARCH)")
  }
}
