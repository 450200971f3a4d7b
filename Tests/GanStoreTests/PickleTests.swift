import Foundation
import GanBase
import Testing

@testable import GanStore

/// Pickles by hand, in the old stream format around them: what no version of PyTorch would write.
@Suite struct PickleTests {
  private static let opening: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,  // magic
    0x80, 2, 0x4D, 0xE9, 3, 0x2E,  // 1001
    0x80, 2, 0x7D, 0x2E,  // {}
  ]

  private func open(_ pickle: [UInt8], _ rest: [UInt8] = [0x80, 2, 0x5D, 0x2E]) throws -> PyTorchFile {
    try PyTorchFile(ByteView(copying: Self.opening + [0x80, 2] + pickle + [0x2E] + rest), path: "old.pth")
  }

  private func refusal(_ pickle: [UInt8]) -> String { failure(.checkpoint) { try open(pickle) } }

  private func text(_ text: String) -> [UInt8] { [0x58, UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }
  private func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
  private func number(_ value: Int) -> [UInt8] {
    [0x8A, 8] + withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) }
  }

  /// `_rebuild_tensor_v2(storage, offset, shape, strides, False, None)` on a storage "k" of fp32.
  private func tensor(count: Int, offset: Int, shape: [Int], strides: [Int]) -> [UInt8] {
    func tuple(_ values: [Int]) -> [UInt8] { [0x28] + values.flatMap(number) + [0x74] }
    let storage = [0x28] + text("storage") + global("torch", "FloatStorage") + text("k") + text("cuda:0")
    return global("torch._utils", "_rebuild_tensor_v2") + [0x28] + storage + number(count) + [0x4E, 0x74, 0x51]
      + number(offset) + tuple(shape) + tuple(strides) + [0x89, 0x4E, 0x74, 0x52]
  }

  /// The list of storages ["k"], and `floats` behind it.
  private func storage(_ floats: [Float], claiming count: Int? = nil) -> [UInt8] {
    [0x80, 2, 0x5D] + text("k") + [0x61, 0x2E]
      + withUnsafeBytes(of: UInt64(bitPattern: Int64(count ?? floats.count)).littleEndian) { Array($0) }
      + floats.withUnsafeBytes { Array($0) }
  }

  @Test func readsTensors() throws {
    let file = try open(tensor(count: 6, offset: 1, shape: [2, 2], strides: [1, 3]), storage([0, 1, 2, 3, 4, 5]))
    #expect(file.tensors.map(\.name) == ["tensor"])
    #expect(try file.tensors[0].floats() == [1, 4, 2, 5])
  }

  @Test func readsWhatPython2Wrote() throws {
    // OrderedDict([['w', tensor]]) with byte strings.
    let pair: [UInt8] = [0x5D, 0x28, 0x55, 1, 0x77] + tensor(count: 1, offset: 0, shape: [], strides: []) + [0x65]
    let pickle = global("collections", "OrderedDict") + [0x5D] + pair + [0x61, 0x85, 0x52]
    let file = try open(pickle, storage([7]))
    #expect(file.tensors.map(\.name) == ["w"])
    #expect(try file.tensors[0].floats() == [7])
  }

  @Test func refusesTensorsOutsideTheirStorage() {
    let cases: [(Int, Int, [Int], [Int])] = [
      (4, 0, [5], [1]), (4, 1, [4], [1]), (4, 0, [2, 2], [3, 1]), (5, 0, [1], [1]), (4, 0, [.max, .max], [0, 0]),
      (4, .max, [1], [1]), (4, 0, [2], [.max]), (4, 0, [3, 3], [.max / 2, .max / 2]), (4, 0, [1 << 40], [0]),
      (-1, 0, [1], [1]), (4, -1, [1], [1]), (4, 0, [-1], [1]), (4, 0, [2], [-1]), (4, 0, [1], []),
      (.max, 0, [1], [1]), (4, 0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)),
    ]
    for (count, offset, shape, strides) in cases {
      let pickle = tensor(count: count, offset: offset, shape: shape, strides: strides)
      failure(.checkpoint) { try open(pickle, storage([1, 2, 3, 4])) }
    }
    let good = tensor(count: 1, offset: 0, shape: [1], strides: [1])
    for claim in [2, -1, .max, .max / 4 + 1] {
      failure(.checkpoint) { try open(good, storage([1], claiming: claim)) }
    }
    #expect(failure(.checkpoint) { try open(good) }.contains("storage 'k' is missing"))
  }

  @Test func refusesWrongReferencesAndStacks() {
    #expect(refusal([0x68, 9]).contains("value 9, which is not there"))
    #expect(refusal([0x6A, 0xFF, 0xFF, 0xFF, 0xFF]).contains("4294967295"))
    for pickle: [UInt8] in [
      [], [0x4E, 0x4E], [0x71, 0], [0x30], [0x74], [0x65], [0x28], [0x5D, 0x28, 0x61], [0x4E, 0x4E, 0x61],
      [0x7D, 0x28, 0x4E, 0x75], [0x4E, 0x4E, 0x4E, 0x73], [0x86], [0x52], [0x29, 0x29, 0x52], [0x4E, 0x51],
      [0x29, 0x51],
      [0x4E, 0x4E, 0x62], [0x7D, 0x4E, 0x93], [0x49, 0x31, 0x0A], [0x82, 1], [0x80, 9, 0x4E],
      [0x28, 0x4E, 0x28, 0x31, 0x30],
      [0x28, 0x28, 0x30, 0x30, 0x30], [0x32],
    ] {
      failure(.checkpoint) { try open(pickle) }
    }
  }

  @Test func refusesHugeCounts() {
    for pickle: [UInt8] in [
      [0x58, 0xFF, 0xFF, 0xFF, 0xFF], [0x8D] + [UInt8](repeating: 0xFF, count: 8), [0x42, 0xFF, 0xFF, 0xFF, 0x7F],
      [0x8E, 0, 0, 0, 0, 0, 0, 0, 0x7F], [0x8B, 0xFF, 0xFF, 0xFF, 0xFF], [0x54, 0, 0, 0, 0x80], [0x8C, 200],
      [0x63] + Array("no end".utf8),
    ] {
      failure(.checkpoint) { try open(pickle) }
    }
  }

  @Test func survivesDeepNestingCyclesAndSharing() {
    // ((((...)))), a million deep: neither reading nor freeing it may overflow the stack.
    #expect(refusal([0x29] + [UInt8](repeating: 0x85, count: 1_000_000)).contains("levels"))
    // A list in itself.
    #expect(refusal([0x5D, 0x71, 0, 0x68, 0, 0x61]).contains("levels"))
    // Each list holds the one before it ten times: 10^30 entries in 400 bytes.
    var bomb: [UInt8] = [0x5D, 0x71, 0]
    for level in 1...30 {
      bomb += [0x5D, 0x28] + (0..<10).flatMap { _ in [0x68, UInt8(level - 1)] } + [0x65, 0x71, UInt8(level)]
    }
    bomb = [0x28] + bomb + [0x74]
    #expect(refusal(bomb).contains("entries"))
    // One list, copied by thousands of calls.
    let list: [UInt8] = [0x5D, 0x28] + [UInt8](repeating: 0x4E, count: 10_000) + [0x65, 0x71, 1, 0x30]
    let call: [UInt8] = [0x68, 0, 0x68, 1, 0x85, 0x52]
    let copies = global("torch", "Size") + [0x71, 0, 0x30] + list + (0..<600).flatMap { _ in call }
    #expect(refusal(copies).contains("too long"))
  }

  @Test func refusesEveryOtherName() {
    for (module, name) in [
      ("os", "system"), ("builtins", "eval"), ("torch", "load"), ("torch.nn", "Linear"), ("torch", "nn.Linear"),
      ("argparse", "Namespace"), ("collections", "OrderedDict.fromkeys"), ("torch._utils", "_rebuild"),
    ] {
      #expect(refusal(global(module, name)).contains("'\(module).\(name)'"))
      #expect(refusal(text(module) + text(name) + [0x93]).contains("'\(module).\(name)'"))
    }
    #expect(refusal(global("torch", "FloatStorage") + [0x29, 0x52]).contains("float32"))
  }

  /// A name stands in the path of everything below it: 1,000 bytes over 100,000 entries would be 100 MB.
  @Test func longNamesAreNotRepeatedWithoutEnd() throws {
    func text(_ count: Int) -> [UInt8] {
      [0x58] + withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) } + [UInt8](repeating: 0x61, count: count)
    }
    let entries: [UInt8] =
      [0x7D, 0x28]
      + (0..<100_000).flatMap { number -> [UInt8] in
        [0x4A] + withUnsafeBytes(of: Int32(number).littleEndian) { Array($0) } + [0x4E]
      } + [0x75]
    #expect(refusal([0x7D] + text(1000) + entries + [0x73]).contains("names of its entries"))
    // What is longer names nothing, and is passed over with all that is below it.
    let file = try open([0x7D] + text(1 << 20) + entries + [0x73])
    #expect(file.tensors.isEmpty && file.ignored == ["the whole file (dictionary)"])
    failure(.checkpoint) { try open(global(String(repeating: "a", count: 2000), "b")) }
  }

  @Test func twoTensorsOfOneNameAreRefused() {
    let tensor = tensor(count: 1, offset: 0, shape: [], strides: [])
    let inner = [0x7D] + text("b") + tensor + [0x73]
    let pickle = [0x7D] + text("a") + inner + [0x73] + text("a.b") + tensor + [0x73]
    #expect(failure(.checkpoint) { try open(pickle, storage([1])) }.contains("'a.b'"))
  }
}
