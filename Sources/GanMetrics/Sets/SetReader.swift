import Foundation
import GanBase
import GanImage

/// Computes the features of many pictures, with at most one batch of pictures in memory.
struct SetReader {
  /// Pictures with more pixels are decoded one at a time.
  private static let largePixels = 8_000_000

  let extractor: any FeatureExtractor
  /// Whether to keep the features of each picture, or only their mean and covariance.
  let keepsRows: Bool
  let withLogits: Bool

  /// - Parameter advanced: called with the number of pictures done; may throw to stop.
  /// - Throws: `GanError`: (input) naming a picture that cannot be read, (environment) if memory runs out.
  func read(_ places: [PicturePlace], advanced: (Int) throws -> Void) throws -> MeasuredSet {
    let large = try places.map { place in
      let header = try PictureFile.header(of: place.path, upright: false)
      return header.width * header.height > Self.largePixels
    }
    var set = MeasuredSet()
    let columns = extractor.featureCount
    if keepsRows {
      set.features = FeatureMatrix(columns: columns)
      set.features?.reserve(rows: places.count)
    } else {
      set.moments = FeatureMoments(dimension: columns)
    }
    if withLogits { set.logits = FeatureMatrix(columns: InceptionNetwork.classCount) }
    for first in stride(from: 0, to: places.count, by: extractor.batchSize) {
      let range = first..<min(first + extractor.batchSize, places.count)
      let inputs = try inputs(places[range], serially: large[range].contains(true))
      let (features, logits) = try OutOfMemory.guarding { extractor.features(inputs, withLogits: withLogits) }
      guard features.allSatisfy(\.isFinite) else {
        throw GanError.checkpoint(
          "the output of the feature network is not finite", at: places[first].path,
          help: "its weights may be damaged: fetch them again")
      }
      set.features?.append(features)
      set.moments?.add(features)
      if let logits { set.logits?.append(logits) }
      try advanced(range.upperBound)
    }
    return set
  }

  private func inputs(_ places: ArraySlice<PicturePlace>, serially: Bool) throws -> [[Float]] {
    let places = Array(places)
    func input(_ place: PicturePlace) throws -> [Float] {
      // EXIF rotation is not applied, as in other programs, except for halves of pictures, which are only defined for
      // upright ones.
      let file = try PictureFile.read(place.path, upright: place.part != .whole)
      return try extractor.input(file.part(place.part))
    }
    if serially { return try places.map(input) }
    var results = [Result<[Float], any Error>?](repeating: nil, count: places.count)
    results.withUnsafeMutableBufferPointer { results in
      // Each iteration writes to its own element.
      nonisolated(unsafe) let results = results
      ThreadPool.shared.run(places.count) { index in results[index] = Result { try input(places[index]) } }
    }
    return try results.map { try $0?.get() ?? [] }
  }
}
