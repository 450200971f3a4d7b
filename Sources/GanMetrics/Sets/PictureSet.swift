import GanBase
import GanImage

/// One side of a comparison: pictures, or precomputed statistics.
package enum PictureSet {
  case pictures([PicturePlace], from: String)
  case statistics(FeatureStatistics, from: String)

  /// The folder or file, for messages.
  package var place: String {
    switch self {
    case .pictures(_, let place), .statistics(_, let place): place
    }
  }

  /// The number of pictures; nil if a statistics file does not record it.
  package var count: Int? {
    switch self {
    case .pictures(let places, _): places.count
    case .statistics(let statistics, _): statistics.count
    }
  }
}

extension PictureSet {
  /// The number of pictures with an EXIF rotation, which is not applied when measuring. Unreadable files are not
  /// counted.
  package var turnedCount: Int {
    guard case .pictures(let places, _) = self else { return 0 }
    return places.count { $0.part == .whole && (try? PictureFile.header(of: $0.path))?.isTurned == true }
  }
}

/// The features of one side, as far as the metrics need them.
struct MeasuredSet {
  var features: FeatureMatrix?
  var moments: FeatureMoments?
  var logits: FeatureMatrix?
  var statistics: FeatureStatistics?
}
