import GanBase
import GanImage

/// One side of a comparison: pictures, or statistics that somebody computed of pictures before.
public enum PictureSet {
  case pictures([String], from: String)
  case statistics(FeatureStatistics, from: String)

  /// The folder or file, for messages.
  public var place: String {
    switch self {
    case .pictures(_, let place), .statistics(_, let place): place
    }
  }

  /// nil where a file of statistics does not say.
  public var count: Int? {
    switch self {
    case .pictures(let paths, _): paths.count
    case .statistics(let statistics, _): statistics.count
    }
  }
}

/// What became of a side: as much as the measures need of it.
struct MeasuredSet {
  var features: FeatureMatrix?
  var moments: FeatureMoments?
  var logits: FeatureMatrix?
  var statistics: FeatureStatistics?
}
