import Testing

@testable import GanTensor

struct BackupTests {
  /// Of tensors of odd sizes, in blocks that are smaller and larger than they.
  @Test func elementsComeBackAsTheyWere() {
    let sizes = [1, 3, 30_001, 7, 100_003, 0, 65_536]
    let values = sizes.map { size in (0..<size).map { Float($0 * 7 + size) } }
    let tensors = zip(sizes, values).map { Tensor($1, [$0]) }
    // Some memory that lies idle.
    for size in [20_000, 50_000, 100] { _ = Tensor.zeros([size]) }
    let backup = Backup(of: tensors)
    for tensor in tensors { tensor.assign(Tensor(repeating: -1, tensor.shape)) }
    let version = tensors[0].storage.version
    backup.putBack()
    #expect(tensors.map(\.floats) == values)
    #expect(tensors[0].storage.version == version + 1)
  }

  @Test func nothingIsNoTrouble() { Backup(of: []).putBack() }
}
