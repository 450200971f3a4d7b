import Foundation
import GanTrain
import GanTranslate

/// Shows the progress of a translation: pictures, and layers of large ones.
final class TranslationDisplay {
  private let console: Console
  /// The number of pictures to translate; 0 if unknown.
  private let pictures: Int
  private var pace = Pace()
  private let begin = ProcessInfo.processInfo.systemUptime

  init(_ console: Console, pictures: Int) { (self.console, self.pictures) = (console, pictures) }

  /// Seconds since the start.
  var seconds: Double { ProcessInfo.processInfo.systemUptime - begin }

  /// The resolution in which the pace counts a picture.
  private static let parts = 1000

  /// `3/60  layer 12 of 47  1m48s per picture  3m20s left`
  func show(_ done: Int, _ layers: FolderTranslation.LayersDone?) {
    let part = layers.map { $0.count * Self.parts / max(1, $0.of) } ?? 0
    pace.record(done * Self.parts + part, at: seconds)
    var line = [LinePart(pictures > 0 ? "\(done)/\(pictures)" : "\(done)", 0)]
    // The work after the last layer, mainly writing the file, is not part of the estimate.
    let isWriting = layers.map { $0.count >= $0.of } ?? false
    if let layers {
      line.append(LinePart(isWriting ? "all layers done" : "layer \(layers.count) of \(layers.of)", 2))
    }
    if let parts = pace.perSecond, parts > 0 {
      line.append(LinePart(Format.pace(parts / Double(Self.parts), of: "picture"), 3))
    }
    if !isWriting, pictures > 0, let left = pace.remaining(of: pictures * Self.parts) {
      line.append(LinePart("\(Format.duration(left)) left", 1))
    }
    console.progress(LinePart.joined(line, columns: console.progressColumns ?? .max))
  }
}
