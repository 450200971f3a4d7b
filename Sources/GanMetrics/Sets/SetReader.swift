import Foundation
import GanBase
import GanImage

/// Takes the features of many pictures. At no time are there more than a batch of them in memory.
struct SetReader {
  /// Pictures with more pixels are decoded one at a time.
  private static let largePixels = 8_000_000

  let extractor: any FeatureExtractor
  /// Whether the features of each picture are wanted; otherwise their mean and covariance will do.
  let keepsRows: Bool
  let withLogits: Bool

  /// - Parameter advanced: called with the number of pictures done; what it throws ends the work.
  /// - Throws: `GanError` (input) naming a picture that cannot be read.
  func read(_ paths: [String], advanced: (Int) throws -> Void) throws -> MeasuredSet {
    let large = try paths.map { path in
      let header = try PictureFile.header(of: path, upright: false)
      return header.width * header.height > Self.largePixels
    }
    var set = MeasuredSet()
    let columns = extractor.featureCount
    if keepsRows {
      set.features = FeatureMatrix(columns: columns)
      set.features?.reserve(rows: paths.count)
    } else {
      set.moments = FeatureMoments(dimension: columns)
    }
    if withLogits { set.logits = FeatureMatrix(columns: InceptionNetwork.classCount) }
    for first in stride(from: 0, to: paths.count, by: extractor.batchSize) {
      let range = first..<min(first + extractor.batchSize, paths.count)
      let inputs = try inputs(paths[range], serially: large[range].contains(true))
      let (features, logits) = extractor.features(inputs, withLogits: withLogits)
      guard features.allSatisfy(\.isFinite) else {
        throw GanError.checkpoint(
          "the feature network gives numbers that are not finite", at: paths[first],
          help: "its weights may be damaged: fetch them again")
      }
      set.features?.append(features)
      set.moments?.add(features)
      if let logits { set.logits?.append(logits) }
      try advanced(range.upperBound)
    }
    return set
  }

  private func inputs(_ paths: ArraySlice<String>, serially: Bool) throws -> [[Float]] {
    let paths = Array(paths)
    func input(_ path: String) throws -> [Float] {
      // As stored: other programs that measure do not turn pictures upright.
      try extractor.input(PictureFile.read(path, upright: false))
    }
    if serially { return try paths.map(input) }
    var results = [Result<[Float], any Error>?](repeating: nil, count: paths.count)
    results.withUnsafeMutableBufferPointer { results in
      // Each item has a place of its own.
      nonisolated(unsafe) let results = results
      ThreadPool.shared.run(paths.count) { index in results[index] = Result { try input(paths[index]) } }
    }
    return try results.map { try $0?.get() ?? [] }
  }
}
