import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanONNX

/// Graphs from traces. What they compute is compared by `scripts/check_onnx.py`, in ONNX Runtime.
@Suite struct ONNXModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(
    channels: Int = 3, vectors: [(name: String, size: Int)] = [], _ run: @escaping (Tensor, [Tensor]) throws -> Tensor
  ) throws -> ONNXFile {
    let computation = TracedComputation(channels: channels, vectors: vectors, run: run)
    let model = try ONNXModel(computation, side: 8, other: (10, 12), names: [])
    try model.write(to: FilePath(folder.file("m.onnx")), version: "1", metadata: [("a", "b")])
    return ONNXFile(folder.file("m.onnx"))
  }

  @Test func convolutionsAreWrittenWithTheirWeights() throws {
    let weight = Tensor((0..<3 * 3 * 3 * 2).map { Float($0) }, [3, 3, 3, 2])
    let file = try file { x, _ in x.convolved(weight, padding: 1, mode: .reflect).leakyReLU(slope: 0) }
    #expect(file.nodes.map(\.kind) == ["Pad", "Conv", "Relu"] && file.faults.isEmpty, "\(file.faults)")
    #expect(file.version == 17 && file.metadata == ["a": "b"])
    #expect(file.inputs == ["input": ["N", "3", "H", "W"]] && file.outputs == ["output": ["N", "2", "H", "W"]])
    let stored = try #require(file.constants.values.first { $0.sizes == [2, 3, 3, 3] })
    let expected = weight.permuted([3, 2, 0, 1]).withBytes { Array($0) }
    #expect(stored.type == 1 && stored.bytes == expected)
  }

  /// Layouts cancel out, unneeded operations go, and what depends on no input is a number.
  @Test func onlyWhatIsNeededIsWritten() throws {
    let factor = Tensor([2, 3] as [Float], [2])
    let file = try file(channels: 2) { x, _ in
      _ = x.tanh()
      return x.permuted([0, 3, 1, 2]).permuted([0, 2, 3, 1]) * (factor + 1).exp()
    }
    #expect(file.nodes.map(\.kind) == ["Mul"] && file.constants.count == 1 && file.faults.isEmpty)
  }

  @Test func vectorsAreInputs() throws {
    let file = try file(vectors: [("style", 4), ("label", 2)]) { x, vectors in
      x.joined(with: vectors[1]).joined(with: vectors[0])
    }
    #expect(file.inputs["style"] == ["N", "4"] && file.inputs["label"] == ["N", "2"])
    #expect(file.outputs["output"]?[1] == "9" && file.faults.isEmpty)
  }

  @Test func sizesThatTheGraphDependsOnAreFixed() throws {
    let weight = Tensor(repeating: 1, [2, 8 * 8 * 3])
    let computation = TracedComputation(channels: 3) { x, _ in
      let row = x.permuted([0, 3, 1, 2]).reshaped(to: [x.shape[0], 192]).matmul(weight, transposeOther: true)
      return x.joined(with: row)
    }
    let model = try ONNXModel(computation, side: 8, other: nil, names: [])
    #expect(model.side == 8 && model.isBatchFree)
    // The mean over all pictures.
    let mixed = try file { x, _ in
      x.normalized(.batch) { moments, _ in (moments.variance.reciprocal(), moments.mean) }
    }
    #expect(mixed.inputs == ["input": ["1", "3", "H", "W"]] && mixed.faults.isEmpty)
  }

  @Test func whatCannotBeWrittenIsRefused() throws {
    let unknown = #expect(throws: GanError.self) { try file { x, _ in x.flipped() } }
    #expect(unknown?.code == .usage && unknown?.description.contains("'mixing pixels'") == true)
    // A number that was read out of the picture.
    let read = #expect(throws: GanError.self) { try file { x, _ in x * Double(x.floats[0]) } }
    #expect(read?.code == .bug)
  }
}
