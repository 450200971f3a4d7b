import GanBase
import GanTestSupport
import Testing

@testable import GanStore

/// What `PyTorchWriter` writes, `PyTorchFile` reads (by libzip). `scripts/check_pth.py` reads it in PyTorch.
@Suite struct PyTorchWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let tensors = [
    TensorSource(name: "a.weight", shape: [2, 1, 3], floats: [1, -2, 3.5, .infinity, 1e-40, 6]),
    TensorSource(name: "a.num_batches_tracked", shape: [], integers: [1 << 40]),
    TensorSource(name: "käse\n\"", shape: [1], floats: [7]), TensorSource(name: "empty", shape: [0, 4], floats: []),
    TensorSource(name: "bytes", shape: [5], bytes: [0, 1, 2, 3, 255]),
  ]

  private func expectSame(_ file: PyTorchFile, _ expected: [(name: String, tensor: TensorSource)]) throws {
    #expect(file.tensors.map(\.name) == expected.map(\.name) && file.ignored.isEmpty)
    for (found, (_, tensor)) in zip(file.tensors, expected) {
      #expect(found.type == tensor.type && found.shape == tensor.shape)
      var bytes: [UInt8] = []
      try tensor.provide { bytes = Array($0) }
      #expect(try found.content == bytes, "\(found.name)")
    }
  }

  /// Also with the fields for files of more than 4 GiB, from an offset or size on.
  @Test(arguments: [0xFFFF_FFFF, 1000, 20, 1])
  func whatIsWrittenIsRead(limit: Int) throws {
    let path = folder("a.pth")
    try PyTorchWriter.write(to: path, .state(tensors)) { ZipWriter($0, limit: limit) }
    try expectSame(PyTorchFile(path: path), tensors.map { ($0.name, $0) })
  }

  @Test func severalNetworksAreDictionariesInADictionary() throws {
    let networks = [(key: "a", tensors: tensors), (key: "b", tensors: [tensors[2]])]
    try PyTorchWriter.write(to: folder("b.pth"), .states(networks))
    let expected = tensors.map { ("a." + $0.name, $0) } + [("b." + tensors[2].name, tensors[2])]
    try expectSame(PyTorchFile(path: folder("b.pth")), expected)
  }

  /// PyTorch maps files into memory: contents begin where it wants them. Same content, same bytes.
  @Test func contentsAreAligned() throws {
    let weights = TensorSource(name: "w", shape: [8], floats: (0..<8).map { 0.1 + Float($0) })
    for name in ["c.pth", "d.pth"] { try PyTorchWriter.write(to: folder(name), .state([tensors[4], weights])) }
    let file = try read(folder("c.pth"))
    var pattern: [UInt8] = []
    try weights.provide { pattern = Array($0) }
    let place = try #require(file.indices.first { file[$0...].starts(with: pattern) })
    #expect(place % 64 == 0)
    #expect(try file == read(folder("d.pth")))
  }

  @Test func bytesThatDoNotFitTheirShapeAreOurFault() throws {
    let short = TensorSource(name: "w", shape: [3], floats: [1])
    failure(.bug) { try PyTorchWriter.write(to: folder("e.pth"), .state([short])) }
    #expect(names(folder("")).isEmpty)
  }
}
