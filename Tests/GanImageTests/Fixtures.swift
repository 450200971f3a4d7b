import Foundation
import GanBase
import GanImage
import Testing

/// Paths and contents of the test resources.
enum Fixtures {
  static let folder = Bundle.module.bundlePath + "/Resources"

  static func format(_ name: String) -> String { folder + "/formats/" + name }

  /// The decoded samples that belong to `formats/name`.
  static func expected(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: format(name + ".raw"))))
  }
}

/// A folder that is there while the body runs.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = NSTemporaryDirectory() + "ganimage-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// The error that `body` throws, which must be a `GanError` of kind input whose text holds all of `parts`.
func expectInputError(
  _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as GanError {
    #expect(error.code == .input, sourceLocation: sourceLocation)
    for part in parts {
      #expect(error.description.contains(part), "\(error.description)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record("not a GanError: \(error)", sourceLocation: sourceLocation)
  }
}

/// The largest difference of two rows of samples; 256 when they are not of one length.
func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
  guard a.count == b.count else { return 256 }
  return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
