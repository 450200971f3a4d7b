import GanBase
import GanData
import GanModels
import GanNN
import GanTensor

extension Tensor {
  convenience init(_ pictures: PictureBatch) {
    self.init(pictures.values, [pictures.count, pictures.height, pictures.width, pictures.channels])
  }
}

extension TrainingBatch {
  /// The model's input and target, whichever side of the data they are.
  /// - Parameter pictures: where the batch comes from; nil for one that is not trained on.
  init(_ batch: Batch, of pictures: DataSet? = nil) throws {
    guard let target = batch.target else {
      throw GanError(.bug, "a batch with one side only reached a model that learns from two", at: batch.pathsA.first)
    }
    let place = pictures.map { pictures -> BatchPlace in
      let size = pictures.options.batchSize
      return BatchPlace(index: batch.position.index / size, count: (pictures.count + size - 1) / size)
    }
    self.init(a: Tensor(batch.input), b: Tensor(target), place: place)
  }
}

extension SizeRule {
  /// Refuses a batch whose pictures the networks cannot take; where no crop makes them of one size, only the pictures
  /// themselves tell.
  /// - Throws: `GanError` (input) naming the picture.
  func check(_ batch: Batch, least: Int = 1) throws {
    for (side, paths) in [(batch.a, batch.pathsA), (batch.b ?? batch.a, batch.pathsB)] {
      let sizes = [side.height, side.width]
      guard sizes.allSatisfy({ allows($0) && $0 >= least }) else {
        throw GanError.input(
          "comes out as \(side.width)x\(side.height); the networks need multiples of \(multiple), at least "
            + "\(max(least, self.least))",
          at: paths.first ?? batch.pathsA.first, help: "use preprocess: resize_and_crop, or scale the picture")
      }
    }
  }
}
