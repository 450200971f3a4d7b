import GanBase
import GanData
import GanModels
import GanNN
import GanTensor

extension Tensor {
  convenience init(_ pictures: PictureBatch) {
    self.init(pictures.values, [pictures.count, pictures.height, pictures.width, pictures.channels])
  }

  /// Pictures with their masks as further channels.
  static func joined(_ pictures: PictureBatch, masks: PictureBatch?) -> Tensor {
    let alone = Tensor(pictures)
    return masks.map { .concatenated([alone, Tensor($0)], axis: 3) } ?? alone
  }
}

extension TrainingBatch {
  /// Pictures with their labels, or the model's input and target, according to the configured direction.
  /// - Parameter pictures: the data set of the batch; nil if it is not used for training.
  init(_ batch: Batch, of pictures: DataSet? = nil) throws {
    try self.init(sides: batch)
    second = try batch.second.first.map { try TrainingBatch(sides: $0).labelled() }
    place = pictures.map { pictures in
      let size = pictures.request.batchSize
      return BatchPlace(
        index: batch.position.index / size, count: ceilDiv(pictures.count, size), epoch: batch.position.epoch + 1)
    }
  }

  private init(sides batch: Batch) throws {
    if let domains = batch.labels.first?.count {
      self.init(Tensor(batch.a), labels: Tensor(batch.labels.flatMap { $0 }, [batch.count, domains]))
      return
    }
    guard let target = batch.target else {
      throw GanError(.bug, "a batch with one side only reached a model that learns from two", at: batch.pathsA.first)
    }
    self.init(a: .joined(batch.input, masks: batch.inputMasks), b: .joined(target, masks: batch.targetMasks))
    boxes = (batch.inputBoxes ?? [], batch.targetBoxes ?? [])
  }
}

extension ImageTranslator {
  /// Rejects pictures that the model cannot be trained on. Without a crop to a fixed size this is not known earlier.
  /// - Throws: `GanError` (input) naming the picture.
  func checkTraining(_ batch: Batch) throws {
    try inputs.check(batch, least: inputs.leastTrainingSize)
    let side = inputs.enlargement > 1 ? batch.b ?? batch.a : batch.a
    guard let exact = inputs.exactTrainingSize, side.height != exact || side.width != exact else { return }
    throw GanError.input(
      "comes out as \(side.width)x\(side.height); the networks need \(exact)x\(exact)", at: batch.pathsA.first,
      help: "use preprocess: resize_and_crop with crop_size: \(exact)")
  }
}

extension ModelInputs {
  /// Rejects a batch with pictures that the networks cannot take.
  /// - Throws: `GanError` (input) naming the picture.
  func check(_ batch: Batch, least: Int = 1) throws {
    let rule = pictureRule, sharp = (batch.b ?? batch.a, batch.pathsB)
    for (side, paths) in enlargement > 1 ? [sharp] : [(batch.a, batch.pathsA), sharp] {
      let sizes = [side.height, side.width]
      guard sizes.allSatisfy({ rule.allows($0) && $0 >= least }) else {
        throw GanError.input(
          "comes out as \(side.width)x\(side.height); the networks need multiples of \(rule.multiple), at least "
            + "\(max(least, rule.least))",
          at: paths.first ?? batch.pathsA.first, help: "use preprocess: resize_and_crop, or scale the picture")
      }
    }
  }
}
