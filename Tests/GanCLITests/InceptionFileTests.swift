import Foundation
import GanMetrics
import GanTestSupport
import Testing

/// The file of the published FID's network as people download it, with other numbers and much smaller: an ordinary
/// `torch.save(network.state_dict())`.
@Suite struct InceptionFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// All tensors on the same few numbers.
  private func writeNetwork(to path: String) throws {
    var entries: [(key: String, value: TorchObject)] = []
    var largest = 0
    _ = try InceptionNetwork { key, shape in
      entries.append((key, .shared(shape: shape)))
      largest = max(largest, shape.reduce(1, *))
      return [Float](repeating: 1, count: shape.reduce(1, *))
    }
    entries.append(("Conv2d_1a_3x3.bn.num_batches_tracked", .tensor([0], shape: [])))
    let numbers = (0..<largest).map { Float($0 * 7919 % 101) / 10_000 + 0.001 }
    try TorchFileWriter.write(.state(entries), to: path, shared: numbers)
  }

  @Test func isReadWithoutBeingConverted() throws {
    for index in 0..<3 {
      try folder.picture("a/\(index).png", 32, 32, seed: UInt64(index))
      try folder.picture("b/\(index).png", 32, 32, seed: UInt64(10 + index))
    }
    let file = folder.file("pt_inception-2015-12-05-6726825d.pth")
    try writeNetwork(to: file)
    let arguments = ["eval-fid", folder.file("a"), folder.file("b"), "--metrics", "fid", "--json"]
    let found = try runGanctl(arguments, environment: ["GANCTL_HOME": folder.path])
    #expect(found.status == 0 && found.output.contains("\"fid\":"), "\(found.messages)")
    #expect(found.messages.contains("these are not known to be the published weights: \(file)"))
  }

  @Test(.enabled(if: access("/usr/bin/python3", X_OK) == 0))
  func theScriptTakesOnlyThePublishedFile() throws {
    let file = folder.file("other.pth")
    try TorchFileWriter.write(.state([("fc.weight", .tensor([1], shape: [1]))]), to: file)
    let result = try runProgram(
      "/usr/bin/python3", [Repository.path + "/scripts/fetch_inception.py", "--from", file],
      environment: ["GANCTL_HOME": folder.path + "/home"])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.messages.contains("other.pth: its SHA-256 is") && !result.messages.contains("Traceback"))
    #expect(folder.names(in: "home").isEmpty)
  }
}
