import GanBase
import GanTensor

/// A history of generated pictures, from which the discriminator is also shown old ones (Shrivastava et al. 2017,
/// section 2.3).
package final class ImagePool {
  package let capacity: Int
  /// Stored pictures, `[1,H,W,C]` each.
  package var pictures: [Tensor] = []
  package var random: RandomStream

  package init(capacity: Int, random: RandomStream) { (self.capacity, self.random) = (capacity, random) }

  /// For each picture of `[N,H,W,C]`: the picture itself, or with probability 1/2, once the pool is full, an older one
  /// whose place it takes. With capacity 0 it returns the batch.
  package func exchange(_ batch: Tensor) -> Tensor {
    guard capacity > 0 else { return batch.detached() }
    return Tape.paused {
      let chosen = (0..<batch.shape[0]).map { index -> Tensor in
        let picture = batch.sliced(index..<index + 1, axis: 0)
        if pictures.count < capacity {
          pictures.append(picture)
          return picture
        }
        guard random.uniform() > 0.5 else { return picture }
        let place = random.below(capacity)
        defer { pictures[place] = picture }
        return pictures[place]
      }
      return chosen.count == 1 ? chosen[0] : Tensor.concatenated(chosen, axis: 0)
    }
  }
}
