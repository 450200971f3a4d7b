import GanBase
import GanTensor

extension TrainingBatch {
  /// The same with boxes for a model that wants some, where only their number matters: each covers a quarter of its
  /// picture.
  /// - Parameter count: in each picture.
  package func assumingBoxes(_ wanted: BoxedPictures, _ count: Int) -> TrainingBatch {
    guard case .sides(let a, let b) = pictures else { return self }
    func boxes(_ pictures: Tensor) -> [[Box]] {
      let (height, width) = (Double(pictures.shape[1]), Double(pictures.shape[2]))
      let box = Box(left: width / 4, top: height / 4, right: width * 3 / 4, bottom: height * 3 / 4)
      return [[Box]](repeating: [Box](repeating: box, count: count), count: pictures.shape[0])
    }
    var batch = self
    switch wanted {
    case .none: break
    case .a: batch.boxes.a = boxes(a)
    case .both: batch.boxes = (boxes(a), boxes(b))
    }
    return batch
  }
}
