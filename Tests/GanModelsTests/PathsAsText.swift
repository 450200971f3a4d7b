import GanBase
import GanModels

@testable import GanTrain

// Tests say paths as text.

extension FixtureFolder {
  static func read(_ path: String) throws -> (model: RegisteredModel, fixture: ParityFixture) {
    try read(FilePath(path))
  }
}
