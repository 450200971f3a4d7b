import GanBase
import GanParity

// Tests say paths as text.

extension FixtureFolder {
  static func read(_ path: String) throws -> (model: VerifiableModel, fixture: ParityFixture) {
    try read(FilePath(path))
  }
}
