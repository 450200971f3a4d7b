import GanBase
import GanTensor

/// The pictures of one training step, `[N,H,W,C]` in [-1,1]. If the model takes masks, these follow as further channels:
/// 1 where an instance is, -1 elsewhere; a channel that is -1 everywhere is no mask.
package struct TrainingBatch {
  package enum Pictures {
    /// Of side A and of side B.
    case sides(a: Tensor, b: Tensor)
    /// Pictures with labels `[N,D]` over the model's domains, 0 or 1: one 1 for the domain of each picture, or one for
    /// each of its attributes.
    case labelled(Tensor, labels: Tensor)
  }

  package let pictures: Pictures
  /// Of the second data set, for models that learn from two at once, with labels over its classes.
  package var second: (pictures: Tensor, labels: Tensor)?
  /// Of a model of two sides that learns from boxes: for each picture those of its objects, in its pixels; empty where
  /// the model wants none.
  package var boxes: (a: [[Box]], b: [[Box]]) = ([], [])
  /// nil outside of an epoch, in which case a step does all of its work.
  package var place: BatchPlace?

  package init(a: Tensor, b: Tensor) { pictures = .sides(a: a, b: b) }
  package init(_ pictures: Tensor, labels: Tensor) { self.pictures = .labelled(pictures, labels: labels) }

  /// Pictures, or pairs of them.
  package var count: Int {
    switch pictures {
    case .sides(let a, _): a.shape[0]
    case .labelled(let all, _): all.shape[0]
    }
  }

  /// Of a model of two sides.
  /// - Throws: `GanError` (bug) for labelled pictures.
  package func sides() throws -> (a: Tensor, b: Tensor) {
    guard case .sides(let a, let b) = pictures else {
      throw GanError(.bug, "labelled pictures reached a model of two sides")
    }
    return (a, b)
  }

  /// The boxes of a picture of A, or of B.
  package func boxes(ofB isB: Bool, _ picture: Int) -> [Box] {
    let all = isB ? boxes.b : boxes.a
    return all.indices.contains(picture) ? all[picture] : []
  }

  /// Of a model of domains.
  /// - Throws: `GanError` (bug) for pictures without labels.
  package func labelled() throws -> (pictures: Tensor, labels: Tensor) {
    guard case .labelled(let pictures, let labels) = pictures else {
      throw GanError(.bug, "pictures without labels reached a model of domains")
    }
    return (pictures, labels)
  }
}

/// Where in its epoch a batch is, for models whose steps are not all alike.
package struct BatchPlace: Equatable, Sendable {
  /// From 0.
  package var index: Int
  /// Batches of the epoch, an incomplete last one included.
  package var count: Int
  /// The epoch, from 1; nil for none in particular: then weights of losses that change have their largest values.
  package var epoch: Int?

  package init(index: Int, count: Int, epoch: Int? = nil) {
    (self.index, self.count, self.epoch) = (index, count, epoch)
  }
}
