import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

@Suite struct CheckpointLocatorTests {
  private let scratch: TemporaryFolder
  private var runs: FilePath { scratch("runs") }
  private let five: FilePath, seven: FilePath

  /// Runs `old` (steps 5 and 7) and `new` (no checkpoint); `latest` points to `old`.
  init() throws {
    scratch = try TemporaryFolder()
    _ = try RunFolder.create(in: scratch("runs"), name: "new", config: "")
    let folder = try RunFolder.create(in: scratch("runs"), name: "old", config: "")
    five = folder.checkpointPath(step: 5)
    seven = folder.checkpointPath(step: 7)
    for step in [5, 7] { try folder.save(step: step, tensors: []) }
  }

  private func resolve(_ path: FilePath?) throws -> FilePath { try CheckpointLocator.resolve(path, runs: runs) }

  @Test func findsWhatIsMeant() throws {
    #expect(try resolve(nil) == seven)
    for path in [
      "", "/", "/latest", "/old", "/old/", "/old/checkpoints", "/old/checkpoints/latest", "/latest/checkpoints",
    ] {
      let found = try resolve(runs.appending(path))
      #expect(found.ends(with: "checkpoints/step-000007.safetensors"), "\(path): \(found)")
      #expect(found.isFile)
    }
    #expect(try resolve(five) == five)
    #expect(try resolve("old") == seven)
  }

  @Test func saysWhatThereIs() throws {
    let none = failure(.checkpoint) { try CheckpointLocator.resolve(nil, runs: scratch("nothing")) }
    #expect(none.contains("no run was found") && none.contains("train first"))
    #expect(failure(.checkpoint) { try resolve(runs.appending("new")) }.contains("not saved a checkpoint yet"))
    #expect(
      failure(.checkpoint) { try resolve(runs.appending("old/checkpoints/step-00005.safetensors")) }
        .contains("did you mean 'step-000005.safetensors'"))
    #expect(failure(.checkpoint) { try resolve("zzzzz") }.contains("new, old"))
    #expect(failure(.checkpoint) { try resolve("") }.contains("no such checkpoint"))
    try FileManager.default.removeItem(atPath: seven.string)
    #expect(failure(.checkpoint) { try resolve(nil) }.contains("available: step-000005.safetensors"))
    let dangling = failure(.checkpoint) { try resolve(runs.appending("old/checkpoints/latest")) }
    #expect(dangling.contains("leads nowhere") && dangling.contains("step-000005"))
    try FileManager.default.removeItem(atPath: runs.appending("latest").string)
    #expect(failure(.checkpoint) { try resolve(nil) }.contains("name one of its runs: new, old"))
    #expect(failure(.checkpoint) { try resolve(runs) }.contains("name one of its runs: new, old"))
  }

  /// Between the first checkpoint and its mark a run may die.
  @Test func withoutAMarkTheFurthestIsTaken() throws {
    for step in [5, 7] {
      try CheckpointFile.write(
        to: step == 5 ? five : seven, tensors: [], metadata: ["state": "{\"step\":\(step)}"])
    }
    try FileManager.default.removeItem(atPath: runs.appending("old/checkpoints/latest").string)
    #expect(try resolve(runs.appending("old")) == seven)
  }

  /// `scp -r` and `cp -rL` follow links.
  @Test func marksThatAreCopiesLeadToTheirOriginals() throws {
    let latest = runs.appending("old/checkpoints/latest")
    try CheckpointFile.write(to: five, tensors: [], metadata: ["state": "{\"step\":5}"])
    try FileManager.default.removeItem(atPath: latest.string)
    try FileManager.default.copyItem(atPath: five.string, toPath: latest.string)
    #expect(try resolve(runs.appending("old")) == five)
    let folder = try RunFolder.open(runs.appending("old"))
    #expect(folder.marked(.latest) == five)
    try folder.pruneSteps(keeping: 0, upTo: 9)
    #expect(five.isFile && !seven.isFile)
    try folder.mark(five, as: .latest)
    #expect(latest.linkTarget == "step-000005.safetensors")
    // Without its original it is the checkpoint itself.
    try FileManager.default.removeItem(atPath: latest.string)
    try FileManager.default.moveItem(atPath: five.string, toPath: latest.string)
    #expect(try resolve(runs.appending("old")) == latest)
    #expect(try folder.renamed(latest, step: 5) == five)
  }

  @Test func aDamagedCheckpointNamesTheGoodOneBefore() throws {
    let bytes = try #require(FileManager.default.contents(atPath: seven.string))
    try bytes.dropLast(3).write(to: URL(fileURLWithPath: seven.string))
    let text = failure(.checkpoint) { try CheckpointFile.open(seven) }
    #expect(text.contains("the newest good checkpoint beside it is \(five)"), "\(text)")
    try FileManager.default.removeItem(atPath: five.string)
    #expect(!failure(.checkpoint) { try CheckpointFile.open(seven) }.contains("beside it"))
  }

  @Test func aRunWithoutACheckpointIsToldFromOthers() throws {
    #expect(CheckpointLocator.unsavedRun("new", runs: runs) == runs.appending("new"))
    #expect(CheckpointLocator.unsavedRun(runs.appending("new/")) == runs.appending("new"))
    #expect(CheckpointLocator.unsavedRun(runs.appending("old")) == nil)
    #expect(CheckpointLocator.unsavedRun(runs) == nil)
    _ = try scratch.write("runs/new/notes.txt", [1])
    #expect(CheckpointLocator.unsavedRun(runs.appending("new")) == nil)
  }
}
