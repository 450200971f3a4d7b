import CBLASCore
import Foundation

/// The means by which cores of OpenBLAS are taken and checked; others in tests.
struct BLASLibrary {
  enum Verdict: Equatable {
    case right
    /// `sgemm gives wrong numbers`
    case wrong(String)
    /// There is no memory to compute with.
    case unknown
  }

  /// The name of the core in use.
  var core: () -> String
  /// Makes the library choose again, by the name of a core or by itself; it may not have that core.
  /// - Returns: false where there is nothing to choose.
  var choose: (String?) -> Bool
  /// Whether the core in use computes rightly.
  var verdict: () -> Verdict

  /// - Parameter preset: for tests, what the library is to take by itself.
  static func loaded(preset: String?) -> BLASLibrary {
    BLASLibrary(
      core: { String(cString: gb_core()) }, choose: { gb_choose_core($0 ?? preset) != 0 },
      verdict: {
        guard BLASBuffers.reserve(1) else { return .unknown }
        var routine: UnsafePointer<CChar>?
        let result = Int(gb_check_core(&routine))
        let name = routine.map { String(cString: $0) } ?? "it"
        switch result {
        case GB_RIGHT: return .right
        case GB_WRONG: return .wrong("\(name) gives wrong numbers")
        case GB_ILLEGAL: return .wrong("\(name) uses instructions that this CPU does not have")
        default: return .wrong("\(name) crashes")
        }
      })
  }
}
