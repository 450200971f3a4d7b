import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

@Suite struct SafetensorsTests {
  private func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile(ByteView(copying: bytes), path: "weights.safetensors")
  }

  private func refusal(_ json: String, _ data: [UInt8] = []) -> String {
    let text = failure(.checkpoint) { try open(safetensors(json, data)) }
    #expect(text.contains("/weights.safetensors: "))
    return text
  }

  @Test func writesAndReadsBack() throws {
    let scratch = try TemporaryFolder()
    let path = scratch("a.safetensors")
    try SafetensorsWriter.write(
      to: path,
      tensors: [
        TensorSource(name: "b.weight", shape: [2, 2], floats: [1, 2, 3, 4]),
        TensorSource(name: "flags", shape: [3], bytes: [1, 2, 3]),
        TensorSource(name: "a \"ö\"", shape: [], integers: [-7]),
        TensorSource(name: "empty", shape: [0, 5], floats: []),
      ], metadata: ["z": "1", "config": "a: b\nc: \"d\""])
    let file = try SafetensorsFile(path: path)
    #expect(file.tensors.map(\.name) == ["b.weight", "flags", "a \"ö\"", "empty"])
    #expect(file.metadata == ["z": "1", "config": "a: b\nc: \"d\""])
    #expect(try file.tensor("b.weight", shape: [2, 2]).floats() == [1, 2, 3, 4])
    #expect(try file.tensor("flags").floats() == [1, 2, 3])
    #expect(try file["a \"ö\""]?.floats() == [-7])
    #expect(file["empty"]?.shape == [0, 5])
    #expect(file.tensors(under: "b.").map(\.name) == ["weight"])
    #expect(file["nothing"] == nil)
    #expect(failure(.checkpoint) { try file.tensor("b.wieght") }.contains("'b.weight'"))
    let length = try read(path).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length % 8 == 0)
  }

  @Test func sameContentGivesSameBytes() throws {
    let scratch = try TemporaryFolder()
    let keys = (0..<40).map { "key\($0)" }
    var files: [[UInt8]] = []
    for order in [keys, keys.reversed()] {
      var metadata: [String: String] = [:]
      for key in order { metadata[key] = "value" }
      let path = scratch("\(files.count)")
      try SafetensorsWriter.write(
        to: path, tensors: [TensorSource(name: "t", shape: [1], floats: [1])], metadata: metadata)
      files.append(try read(path))
    }
    #expect(files[0] == files[1])
  }

  @Test func writerRefusesOurMistakesAndLeavesNothing() throws {
    let scratch = try TemporaryFolder()
    let good = TensorSource(name: "t", shape: [1], floats: [1])
    let wrong: [[TensorSource]] = [
      [good, good], [TensorSource(name: "t", shape: [2], floats: [1])],
      [TensorSource(name: "t", shape: [-1], floats: [])],
      [TensorSource(name: "__metadata__", shape: [1], floats: [1])],
      [TensorSource(name: "t", type: .F32, shape: [1]) { _ in }],
    ]
    for tensors in wrong {
      failure(.bug) { try SafetensorsWriter.write(to: scratch("a"), tensors: tensors) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    failure(.environment) { try SafetensorsWriter.write(to: scratch("no/a"), tensors: [good]) }
  }

  @Test func readsAnyOrderAndUnalignedData() throws {
    let json =
      #"{"f":{"data_offsets":[3,7],"shape":[],"dtype":"F32"},"u":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}  "#
    let file = try open(safetensors(json, [9, 8, 7, 0, 0, 0x80, 0x3F]))
    #expect(file.tensors.map(\.name) == ["u", "f"])
    #expect(try file.tensor("f").floats() == [1])
    #expect(try file.tensor("u").floats() == [9, 8, 7])
    #expect(try open(safetensors("{}")).tensors.isEmpty)
  }

  @Test func namesWhatIsWrong() {
    let data = [UInt8](repeating: 0, count: 8)
    func one(_ fields: String) -> String { refusal(#"{"a":{\#(fields)}}"#, data) }
    #expect(refusal(smallJSON, Array(data.dropLast())).contains("cut short: expected 70 bytes, found 69"))
    #expect(refusal(smallJSON, data + [0]).contains("too long: expected 70 bytes, found 71"))
    #expect(one(#""dtype":"F32","shape":[3],"data_offsets":[0,8]"#).contains("'a': F32 [3] takes 12 bytes"))
    #expect(one(#""dtype":"C64","shape":[1],"data_offsets":[0,8]"#).contains("found 'C64'"))
    #expect(one(#""shape":[2],"data_offsets":[0,8]"#).contains("no dtype"))
    #expect(one(#""dtype":"F32","data_offsets":[0,8]"#).contains("shape"))
    #expect(one(#""dtype":"F32","shape":[-2],"data_offsets":[0,8]"#).contains("shape"))
    #expect(one(#""dtype":"F32","shape":[2.0],"data_offsets":[0,8]"#).contains("shape"))
    #expect(one(#""dtype":"F32","shape":[2],"data_offsets":[8,0]"#).contains("data_offsets"))
    #expect(one(#""dtype":"F32","shape":[2],"data_offsets":[0,8,9]"#).contains("data_offsets"))
    #expect(one(#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]"#).contains("impossibly large"))
    #expect(
      one(#""dtype":"U8","shape":[0,99999999999],"data_offsets":[9223372036854775807,9223372036854775807]"#)
        .contains("impossibly large"))
    #expect(refusal(#"{"a":3}"#).contains("'a'"))
    #expect(refusal(#"{"a":{},"a":{}}"#).contains("'a' appears twice"))
    #expect(refusal(#"{"__metadata__":{"k":1}}"#).contains("'k' is not a text"))
    #expect(refusal(#"{"__metadata__":[]}"#).contains("__metadata__"))
    #expect(refusal("{\"a\":}").contains("not valid JSON"))
  }

  @Test func refusesGapsAndOverlaps() {
    func pair(_ first: String, _ second: String) -> String {
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[\#(first)]},"b":{"dtype":"U8","shape":[2],"data_offsets":[\#(second)]}}"#
    }
    let data = [UInt8](repeating: 0, count: 8)
    #expect(refusal(pair("0,2", "1,3"), data).contains("'b': overlaps"))
    #expect(refusal(pair("0,2", "0,2"), data).contains("overlaps"))
    #expect(refusal(pair("0,2", "4,6"), data).contains("'b': leaves a gap"))
    #expect(refusal(pair("2,4", "4,6"), data).contains("'a': leaves a gap"))
  }

  @Test func tellsOtherFilesApart() throws {
    let scratch = try TemporaryFolder()
    #expect(failure(.checkpoint) { try SafetensorsFile(path: scratch("none")) }.contains("no such file"))
    #expect(failure(.checkpoint) { try SafetensorsFile(path: scratch.path) }.contains("found a folder"))
    #expect(failure(.checkpoint) { try SafetensorsFile(path: "/dev/null") }.contains("device"))
    let empty = try scratch.write("empty", [])
    #expect(failure(.checkpoint) { try SafetensorsFile(path: empty) }.contains("cut short: expected at least 8"))
    let text = try scratch.write("text", Array("just some text in a file".utf8))
    #expect(failure(.checkpoint) { try SafetensorsFile(path: text) }.contains("not a safetensors file"))
    let torch = failure(.checkpoint) { try SafetensorsFile(path: try resource("strided.pth")) }
    #expect(torch.contains("not a safetensors file") && torch.contains("ganctl import"))
    let huge = [UInt8](repeating: 0xFF, count: 8) + Array("{}".utf8)
    #expect(failure(.checkpoint) { try open(huge) }.contains("not a safetensors file"))
  }

  @Test func survivesEveryTruncationAndBitFlip() {
    let good = safetensors(smallJSON, [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
    func read(_ view: ByteView) throws {
      for tensor in try SafetensorsFile(view, path: "f").tensors { _ = try tensor.floats() }
    }
    #expect(reads(good, read))
    for length in 0..<good.count { #expect(!reads(Array(good[..<length]), read), "\(length)") }
    for bit in 0..<good.count * 8 {
      var bad = good
      bad[bit / 8] ^= 1 << (bit % 8)
      _ = reads(bad, read)
    }
  }
}
