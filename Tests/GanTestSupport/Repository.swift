import Foundation

/// Files of the repository that tests read where they lie.
package enum Repository {
  package static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Folders of official numbers, small copies of those in `parity`.
  package static let modelFixtures = path + "/Tests/GanParityTests/Fixtures"

  package static func modelFixture(_ name: String) -> String { modelFixtures + "/" + name }

  /// All official numbers, where they are at hand: `GANCTL_PARITY`, or `shared/parity` beside the repository.
  package static let parity: String =
    ProcessInfo.processInfo.environment["GANCTL_PARITY"]
    ?? URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("shared/parity").path
}
