import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

@Suite struct RunFolderTests {
  private let tensors = [TensorSource(name: "w", shape: [1], floats: [1])]

  private func save(_ folder: RunFolder, _ steps: Int...) throws {
    for step in steps { try folder.save(step: step, tensors: tensors) }
  }

  private func checkpoints(_ folder: RunFolder) -> [String] {
    names(folder.checkpointsPath)
  }

  @Test func createMakesTheHouse() throws {
    let scratch = try TemporaryFolder()
    let folder = try RunFolder.create(in: scratch("runs"), name: "first", config: "model: unit\n")
    #expect(folder.path == scratch("runs/first") && folder.name == "first")
    #expect(try read(folder.configPath) == Array("model: unit\n".utf8))
    #expect(folder.samplesPath.isFolder && folder.checkpointsPath.isFolder)
    #expect(scratch("runs/latest").linkTarget == "first")
    #expect(folder.checkpointPath(step: 500).ends(with: "checkpoints/step-000500.safetensors"))
    #expect(folder.checkpointPath(step: 12_345_678).ends(with: "step-12345678.safetensors"))
    #expect(folder.checkpointPath(epoch: 5).ends(with: "checkpoints/epoch-0005.safetensors"))
    #expect(folder.samplePath(step: 5).ends(with: "samples/step-000005.png"))
    let second = try RunFolder.create(in: scratch("runs"), name: "second", config: "")
    #expect(scratch("runs/latest").linkTarget == second.path.name)
  }

  @Test func existingRunsAreRefused() throws {
    let scratch = try TemporaryFolder()
    do { try RunFolder.create(in: scratch("runs"), name: "a", config: "one").save(step: 1, tensors: tensors) }
    let text = failure(.usage) { try RunFolder.create(in: scratch("runs"), name: "a", config: "two") }
    #expect(text.contains("--resume") && text.contains("--run"))
    #expect(try read(scratch("runs/a/config.yaml")) == Array("one".utf8))
    // What a crash before the first file left is no run yet.
    try AtomicFile.makeFolder(scratch("runs/b/samples"))
    try AtomicFile.write("", to: scratch("runs/b/.lock"))
    _ = try RunFolder.create(in: scratch("runs"), name: "b", config: "")
    _ = try scratch.write("runs/file", [1])
    failure(.usage) { try RunFolder.create(in: scratch("runs"), name: "file", config: "") }
    try AtomicFile.makeFolder(scratch("runs/c"))
    _ = try scratch.write("runs/c/notes.txt", [1])
    let other = failure(.usage) { try RunFolder.create(in: scratch("runs"), name: "c", config: "") }
    #expect(other.contains("notes.txt") && names(scratch("runs/c")) == ["notes.txt"])
  }

  /// A run that ended before its first step was saved holds nothing to lose.
  @Test func unsavedRunsBeginAgain() throws {
    let scratch = try TemporaryFolder()
    do {
      let folder = try RunFolder.create(in: scratch("runs"), name: "a", config: "one")
      try folder.save(step: 0, tensors: tensors)
      _ = try scratch.write("runs/a/log.jsonl", [])
      _ = try scratch.write("runs/a/samples/step-000000.png", [1])
      _ = try scratch.write("runs/a/checkpoints/.ganctl-12ab.tmp", [1])
      #expect(failure(.environment) { try RunFolder.create(in: scratch("runs"), name: "a", config: "two") } != "")
      #expect(folder.name == "a")
    }
    let text = failure(.input) {
      try RunFolder.create(in: scratch("runs"), name: "a", config: "two") { throw GanError.input("mine", at: $0) }
    }
    #expect(text.contains("mine"))
    #expect(try read(scratch("runs/a/config.yaml")) == Array("one".utf8))
    let again = try RunFolder.create(in: scratch("runs"), name: "a", config: "two")
    #expect(try read(again.configPath) == Array("two".utf8))
    #expect(names(again.checkpointsPath).isEmpty)
  }

  @Test(arguments: ["", ".", "..", ".hidden", "a/b", "latest", "a\nb", String(repeating: "x", count: 300)])
  func badNamesAreRefused(_ name: String) throws {
    let scratch = try TemporaryFolder()
    failure(.usage) { try RunFolder.create(in: scratch("runs"), name: FilePath(name), config: "") }
    #expect(!scratch("runs").exists)
  }

  @Test func twoWritersAreRefused() throws {
    let scratch = try TemporaryFolder()
    let first = try RunFolder.create(in: scratch("runs"), name: "a", config: "")
    #expect(failure(.environment) { try RunFolder.open(first.path) }.contains("another ganctl"))
  }

  @Test func openCleansUpAndFollowsLinks() throws {
    let scratch = try TemporaryFolder()
    do {
      let folder = try RunFolder.create(in: scratch("runs"), name: "a", config: "")
      try save(folder, 1)
      _ = try RunFolder.create(in: scratch("runs"), name: "b", config: "")
      for name in ["log.jsonl.tmp-77", "samples/x.png.tmp-1", "checkpoints/step-000002.safetensors.tmp-123"] {
        _ = try scratch.write("runs/a/" + name, [1])
      }
      _ = try scratch.write("runs/a/notes.tmp-draft", [1])
      try FileManager.default.removeItem(atPath: folder.samplesPath.appending("x.png.tmp-1").string)
      try FileManager.default.removeItem(atPath: folder.samplesPath.string)
    }
    let folder = try RunFolder.open(scratch("runs/a/"))
    #expect(names(folder.path) == [".lock", "checkpoints", "config.yaml", "notes.tmp-draft", "samples"])
    #expect(checkpoints(folder) == ["latest", "step-000001.safetensors"])
    #expect(scratch("runs/latest").linkTarget == "a")
    #expect(failure(.environment) { try RunFolder.open(scratch("runs/latest")) }.contains("runs/a"))
    #expect(failure(.checkpoint) { try RunFolder.open(scratch("runs/c")) }.contains("no such run"))
    #expect(failure(.checkpoint) { try RunFolder.open(scratch("runs")) }.contains("config.yaml"))
  }

  @Test func latestMovesAndPruningSparesIt() throws {
    let scratch = try TemporaryFolder()
    let folder = try RunFolder.create(in: scratch("runs"), name: "a", config: "")
    try save(folder, 100, 200, 300, 400, 500)
    try CheckpointFile.write(to: folder.checkpointPath(epoch: 1), tensors: tensors, metadata: [:])
    #expect(folder.checkpointsPath.appending("latest").linkTarget == "step-000500.safetensors")
    try folder.mark(folder.checkpointPath(step: 100), as: .best)
    let removed = try folder.pruneSteps(keeping: 2, upTo: 500)
    #expect(
      removed.map(\.shownName) == ["step-000200.safetensors", "step-000300.safetensors"])
    #expect(
      checkpoints(folder) == [
        "best", "epoch-0001.safetensors", "latest", "step-000100.safetensors", "step-000400.safetensors",
        "step-000500.safetensors",
      ])
    try folder.pruneSteps(keeping: 0, upTo: 500)
    #expect(folder.marked(.latest) == folder.checkpointPath(step: 500))
    #expect(folder.marked(.best) == folder.checkpointPath(step: 100))
    #expect(
      checkpoints(folder) == [
        "best", "epoch-0001.safetensors", "latest", "step-000100.safetensors", "step-000500.safetensors",
      ])
    failure(.bug) { try folder.mark(folder.checkpointPath(step: 7), as: .latest) }
  }

  @Test func abandonedLaterStepsDoNotCount() throws {
    let scratch = try TemporaryFolder()
    let folder = try RunFolder.create(in: scratch("runs"), name: "a", config: "")
    try save(folder, 1000, 2000, 100, 200, 300)
    try folder.pruneSteps(keeping: 2, upTo: 300)
    #expect(
      checkpoints(folder).dropFirst() == [
        "step-000200.safetensors", "step-000300.safetensors", "step-001000.safetensors", "step-002000.safetensors",
      ])
  }
}

extension RunFolder {
  /// A checkpoint of a step, which `latest` then points to.
  func save(step: Int, tensors: [TensorSource]) throws {
    try saveCheckpoint(to: checkpointPath(step: step), tensors: tensors, metadata: [:])
  }
}

@Suite struct RunLogTests {
  @Test func appendsLinesAndTruncates() throws {
    let scratch = try TemporaryFolder()
    let path = scratch("log.jsonl")
    var log: RunLog? = try RunLog(path: path)
    try log?.append(["event": "start"])
    for step in 1...4 { try log?.append(["step": .integer(step), "loss": .number(0.1 * Double(step))]) }
    try log?.append(["event": "end"])
    log = nil
    let whole = try String(decoding: read(path), as: UTF8.self)
    #expect(whole.hasPrefix("{\"event\":\"start\"}\n{\"step\":1,\"loss\":0.1}\n"))
    try RunLog.truncate(path, toStep: 4)
    #expect(try String(decoding: read(path), as: UTF8.self) == whole)
    try RunLog.truncate(path, toStep: 2)
    let short = whole.split(separator: "\n").prefix(3).map { $0 + "\n" }.joined()
    #expect(try String(decoding: read(path), as: UTF8.self) == short)
    try RunLog(path: path).append(["step": 3])
    #expect(try String(decoding: read(path), as: UTF8.self) == short + "{\"step\":3}\n")
    try RunLog.truncate(path, toStep: 0)
    #expect(try String(decoding: read(path), as: UTF8.self) == "{\"event\":\"start\"}\n")
    try RunLog.truncate(scratch("none"), toStep: 1)
    #expect(!scratch("none").exists)
  }

  @Test func tornLinesGo() throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write(
      "l", Array("{\"step\":1}\n{\"st{\"step\":2}\n\n7\n{\"step\":3, \"x\" : 1}\n{\"step\":4".utf8))
    try RunLog.truncate(path, toStep: 9)
    #expect(try String(decoding: read(path), as: UTF8.self) == "{\"step\":1}\n{\"step\":3, \"x\" : 1}\n")
  }

  @Test func unwritablePlacesAreErrors() throws {
    let scratch = try TemporaryFolder()
    failure(.environment) { try RunLog(path: scratch("no/log")) }
    failure(.environment) { try RunLog(path: "/dev/full").append(["a": 1]) }
  }
}
