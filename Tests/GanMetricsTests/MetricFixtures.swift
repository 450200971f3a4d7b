import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

@testable import GanMetrics

/// Official numbers: copies that belong to the tests, and the full folder where it is at hand (`GANCTL_PARITY`, or
/// `shared/parity` beside the repository).
struct MetricFixtures: CustomTestStringConvertible {
  let folder: String

  static let own = MetricFixtures(folder: Repository.path + "/Tests/GanMetricsTests/Fixtures")
  static let all: [MetricFixtures] = {
    let full = Repository.parity + "/metrics"
    let isThere = FileManager.default.fileExists(atPath: full + "/features/expected.json")
    return [own] + (isThere ? [MetricFixtures(folder: full)] : [])
  }()

  var testDescription: String { folder }

  func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
  }

  func tensors(_ name: String) throws -> SafetensorsFile { try SafetensorsFile(path: FilePath("\(folder)/\(name)")) }
}

extension JSONValue {
  func value(_ path: String...) throws -> Double {
    try #require(path.reduce(self as JSONValue?) { $0?[$1] }?.number, "\(path)")
  }

  var numbers: [Double] { array?.compactMap(\.number) ?? [] }
}

extension SafetensorsFile {
  func features(_ name: String) throws -> FeatureMatrix {
    let stored = try tensor(name)
    return FeatureMatrix(try stored.floats(), columns: stored.shape[1])
  }

  func rows(_ name: String) throws -> [[Int]] {
    let stored = try tensor(name)
    let indices = try stored.floats().map { Int($0) }
    return (0..<stored.shape[0]).map { Array(indices[$0 * stored.shape[1]..<($0 + 1) * stored.shape[1]]) }
  }
}
