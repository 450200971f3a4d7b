import Foundation

/// Files of the repository that tests read where they lie.
public enum Repository {
  public static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Folders of official numbers, small copies of those in `parity`.
  public static let modelFixtures = path + "/Tests/GanParityTests/Fixtures"

  public static func modelFixture(_ name: String) -> String { modelFixtures + "/" + name }

  /// All official numbers, where they are at hand: `GANCTL_PARITY`, or `shared/parity` beside the repository.
  public static let parity: String =
    ProcessInfo.processInfo.environment["GANCTL_PARITY"]
    ?? URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("shared/parity").path
}
