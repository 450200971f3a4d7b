import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

@Suite struct CheckpointTests {
  private let tensors = [
    TensorSource(name: "g.weight", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6]),
    TensorSource(name: "g.empty", shape: [0], floats: []),
    TensorSource(name: "step", shape: [], integers: [500]),
  ]
  private let metadata = ["config": "model: pix2pix\n", "state": #"{"step":500,"pool":[1,2]}"#, "a": "sorts before"]

  @Test func roundTrip() throws {
    let scratch = try TemporaryFolder()
    try CheckpointFile.write(to: scratch("c"), tensors: tensors, metadata: metadata)
    let file = try CheckpointFile(path: scratch("c"))
    #expect(file.metadata == metadata)
    #expect(file.tensors.map(\.name) == ["g.weight", "g.empty", "step"])
    #expect(try file.tensor("g.weight", shape: [2, 3]).floats() == [1, 2, 3, 4, 5, 6])
    #expect(file.tensors(under: "g.").first?.name == "weight")
    #expect(try file.json("state")["step"]?.integer == 500)
    #expect(failure(.checkpoint) { try file.text("rng") }.contains("'rng'"))
    #expect(failure(.checkpoint) { try file.json("config") }.contains("'config'"))
    // Written again from what was read, it is the same file.
    try CheckpointFile.write(to: scratch("d"), tensors: file.tensors.map { TensorSource($0) }, metadata: file.metadata)
    #expect(try read(scratch("c")) == read(scratch("d")))
    // It is an ordinary safetensors file for everybody else.
    #expect(try SafetensorsFile(path: scratch("c")).metadata["format"] == "ganctl-checkpoint")
  }

  @Test func everyTruncationIsAnError() throws {
    let scratch = try TemporaryFolder()
    try CheckpointFile.write(to: scratch("c"), tensors: tensors, metadata: metadata)
    let good = try read(scratch("c"))
    for length in 0..<good.count {
      let path = try scratch.write("bad", Array(good[..<length]))
      let text = failure(.checkpoint) { try CheckpointFile(path: path) }
      #expect(text.contains("cut short"), "\(length): \(text)")
      #expect(text.contains("found \(length)"))
    }
    let path = try scratch.write("bad", good + [0])
    #expect(failure(.checkpoint) { try CheckpointFile(path: path) }.contains("too long"))
  }

  @Test func everyBitFlipIsAnError() throws {
    let scratch = try TemporaryFolder()
    try CheckpointFile.write(to: scratch("c"), tensors: tensors, metadata: metadata)
    let good = try read(scratch("c"))
    let path = try scratch.write("bad", good)
    let handle = try #require(FileHandle(forWritingAtPath: path.string))
    for bit in 0..<good.count * 8 {
      var bad = good
      bad[bit / 8] ^= 1 << (bit % 8)
      try handle.seek(toOffset: 0)
      handle.write(Data(bad))
      failure(.checkpoint) { try CheckpointFile(path: path) }
    }
  }

  @Test func damagedDataNameTheTensor() throws {
    let scratch = try TemporaryFolder()
    try CheckpointFile.write(to: scratch("c"), tensors: tensors, metadata: metadata)
    var bytes = try read(scratch("c"))
    bytes[bytes.count - 8 - 24] ^= 1
    let path = try scratch.write("bad", bytes)
    let text = failure(.checkpoint) { try CheckpointFile(path: path) }
    #expect(text.contains("tensor 'g.weight'") && text.contains("checksum"))
    let quick = try CheckpointFile(path: path, verifyingData: false)
    #expect(quick.metadata == metadata)
    failure(.checkpoint) { try quick.verifyData() }
  }

  @Test func tellsOtherFilesApart() throws {
    let scratch = try TemporaryFolder()
    try SafetensorsWriter.write(to: scratch("plain"), tensors: tensors, metadata: ["x": "y"])
    let plain = failure(.checkpoint) { try CheckpointFile(path: scratch("plain")) }
    #expect(plain.contains("plain safetensors") && plain.contains("ganctl import"))
    try CheckpointFile.write(to: scratch("new"), tensors: tensors, metadata: [:], version: 99)
    #expect(
      failure(.checkpoint) { try CheckpointFile(path: scratch("new")) }.contains("newer ganctl: format version 99"))
    try CheckpointFile.write(to: scratch("zero"), tensors: tensors, metadata: [:], version: 0)
    #expect(failure(.checkpoint) { try CheckpointFile(path: scratch("zero")) }.contains("found '0'"))
    try CheckpointFile.write(to: scratch("c"), tensors: tensors, metadata: [:])
    let content = try SafetensorsFile(path: scratch("c"))
    var metadata = content.metadata
    metadata["zzz"] = metadata.removeValue(forKey: "header_crc32")
    try SafetensorsWriter.write(
      to: scratch("rewritten"), tensors: content.tensors.map { TensorSource($0) }, metadata: metadata)
    #expect(failure(.checkpoint) { try CheckpointFile(path: scratch("rewritten")) }.contains("rewritten"))
  }

  @Test func reservedKeysAreRefused() throws {
    let scratch = try TemporaryFolder()
    failure(.bug) { try CheckpointFile.write(to: scratch("c"), tensors: [], metadata: ["format": "mine"]) }
    #expect(!FileManager.default.fileExists(atPath: scratch("c").string))
  }
}
