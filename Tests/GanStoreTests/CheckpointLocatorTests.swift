import Foundation
import GanBase
import Testing

@testable import GanStore

@Suite struct CheckpointLocatorTests {
  private let scratch: Scratch
  private var runs: String { scratch("runs") }
  private let five: String, seven: String

  /// Runs `old` (steps 5 and 7) and `new` (no checkpoint); `latest` points to `old`.
  init() throws {
    scratch = try Scratch()
    _ = try RunFolder.create(in: scratch("runs"), name: "new", config: "")
    let folder = try RunFolder.create(in: scratch("runs"), name: "old", config: "")
    five = folder.checkpointPath(step: 5)
    seven = folder.checkpointPath(step: 7)
    for path in [five, seven] { try folder.saveCheckpoint(to: path, tensors: [], metadata: [:]) }
  }

  private func resolve(_ path: String?) throws -> String { try CheckpointLocator.resolve(path, runs: runs) }

  @Test func findsWhatIsMeant() throws {
    #expect(try resolve(nil) == seven)
    for path in [
      "", "/", "/latest", "/old", "/old/", "/old/checkpoints", "/old/checkpoints/latest", "/latest/checkpoints",
    ] {
      let found = try resolve(runs + path)
      #expect(found.hasSuffix("/checkpoints/step-000007.safetensors"), "\(path): \(found)")
      #expect(RunFolder.isFile(found))
    }
    #expect(try resolve(five) == five)
    #expect(try resolve("old") == seven)
  }

  @Test func saysWhatThereIs() throws {
    let none = failure(.checkpoint) { try CheckpointLocator.resolve(nil, runs: scratch("nothing")) }
    #expect(none.contains("no run was found") && none.contains("train first"))
    #expect(failure(.checkpoint) { try resolve(runs + "/new") }.contains("not saved a checkpoint yet"))
    #expect(
      failure(.checkpoint) { try resolve(runs + "/old/checkpoints/step-00005.safetensors") }
        .contains("did you mean 'step-000005.safetensors'"))
    #expect(failure(.checkpoint) { try resolve("zzzzz") }.contains("new, old"))
    #expect(failure(.checkpoint) { try resolve("") }.contains("no such checkpoint"))
    try FileManager.default.removeItem(atPath: seven)
    #expect(failure(.checkpoint) { try resolve(nil) }.contains("available: step-000005.safetensors"))
    let dangling = failure(.checkpoint) { try resolve(runs + "/old/checkpoints/latest") }
    #expect(dangling.contains("leads nowhere") && dangling.contains("step-000005"))
    try FileManager.default.removeItem(atPath: runs + "/latest")
    #expect(failure(.checkpoint) { try resolve(nil) }.contains("name one of its runs: new, old"))
    #expect(failure(.checkpoint) { try resolve(runs) }.contains("name one of its runs: new, old"))
  }
}
