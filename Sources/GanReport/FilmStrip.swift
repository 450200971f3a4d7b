import Foundation
import GanBase
import GanImage
import GanStore

/// The sample sheets of a run, small enough for a page: scaled down, as JPEG, and thinned out to a limit of bytes. The
/// first and the last are kept, and of the others those that lie evenly between.
struct FilmStrip {
  struct Frame {
    let step: Int
    let width, height: Int
    /// The JPEG as a `data:` address.
    let address: String
  }

  /// By step.
  private(set) var frames: [Frame] = []
  /// How many sheets there are in all.
  let sheets: Int

  private static let mostFrames = 40
  private static let widest = 960, highest = 1280
  /// Pixels of sheets that are read for one strip; reading takes most of the time.
  private static let pixels = 24_000_000

  /// - Parameter bytes: the most that all frames may take as text.
  init(of run: FilePath, bytes limit: Int) {
    let folder = run.appending("samples")
    let all = folder.names.compactMap { name in
      RunFolder.sampleStep(name.string).map { (step: $0, path: folder.appending(name)) }
    }
    .sorted { $0.step < $1.step }
    sheets = all.count
    var bytes = 0, pixels = 0
    for index in Self.importance(all.count).prefix(Self.mostFrames) {
      // A sheet that is damaged, or that has just been removed, is left out.
      guard let header = try? PictureFile.header(of: all[index].path) else { continue }
      pixels += header.width * header.height
      if pixels > Self.pixels, !frames.isEmpty { break }
      guard let frame = try? Self.frame(all[index].step, all[index].path) else { continue }
      bytes += frame.address.utf8.count
      if bytes > limit { break }
      frames.append(frame)
    }
    frames.sort { $0.step < $1.step }
  }

  /// The indices 0..<count, the last first, then the first, then the middle, the quarters, and so on.
  static func importance(_ count: Int) -> [Int] {
    guard count > 1 else { return count == 1 ? [0] : [] }
    var order = [count - 1, 0], taken = Set(order), parts = 2
    while order.count < count {
      for part in stride(from: 1, to: parts, by: 2) {
        let index = ((count - 1) * part + parts / 2) / parts
        if taken.insert(index).inserted { order.append(index) }
      }
      parts *= 2
    }
    return order
  }

  private static func frame(_ step: Int, _ path: FilePath) throws -> Frame {
    var sheet = try PictureFile.read(path)
    let scale = min(1, Double(widest) / Double(sheet.width), Double(highest) / Double(sheet.height))
    if scale < 1 {
      let size = [sheet.width, sheet.height].map { max(1, Int((Double($0) * scale).rounded())) }
      sheet = try sheet.resized(width: size[0], height: size[1], filter: .bilinear)
    }
    let data = try PictureFile.encodeJPEG(sheet, quality: 84)
    return Frame(
      step: step, width: sheet.width, height: sheet.height,
      address: "data:image/jpeg;base64," + data.base64EncodedString())
  }
}
