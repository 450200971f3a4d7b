import Foundation

/// Paths and contents of the test resources.
enum Fixtures {
  static let folder = Bundle.module.bundlePath + "/Resources"

  static func format(_ name: String) -> String { folder + "/formats/" + name }

  /// The decoded samples that belong to `formats/name`.
  static func expected(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: format(name + ".raw"))))
  }
}
