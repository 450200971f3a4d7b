/// A copy of the elements of tensors, for restoring them; held in idle memory as far as possible.
package final class Backup {
  private let tensors: [Tensor]
  private let blocks: [Storage]

  package init(of tensors: [Tensor]) {
    self.tensors = tensors
    var left = tensors.reduce(0) { $0 + $1.bytes }
    var blocks: [Storage] = []
    while left > 0 {
      let block = Storage(idleFor: left)
      blocks.append(block)
      left -= block.capacity
    }
    self.blocks = blocks
    walk { $1.copyMemory(from: $0, byteCount: $2) }
  }

  package func putBack() {
    walk { $0.copyMemory(from: $1, byteCount: $2) }
    for tensor in tensors { tensor.storage.version += 1 }
  }

  /// Calls `body` for each piece with its address in a tensor, its address in a block, and its size in bytes.
  private func walk(_ body: (UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int) -> Void) {
    if DryRun.isOn { return }
    var number = 0, used = 0
    for tensor in tensors {
      var done = 0
      while done < tensor.bytes {
        if used == blocks[number].capacity { (number, used) = (number + 1, 0) }
        let piece = min(tensor.bytes - done, blocks[number].capacity - used)
        body(tensor.pointer + done, blocks[number].pointer + used, piece)
        done += piece
        used += piece
      }
    }
  }
}

extension Tensor {
  fileprivate var bytes: Int { count * type.size }
}
