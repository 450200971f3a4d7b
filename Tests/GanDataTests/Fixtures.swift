import Foundation
import GanBase
import GanData
import GanImage
import GanTestSupport

/// A picture of random samples that differ with `seed`.
func noise(_ width: Int, _ height: Int, seed: UInt64, channels: Int = 3) -> Picture {
  var random = RandomStream(seed: seed)
  return Picture(
    width: width, height: height, channels: channels,
    pixels: (0..<width * height * channels).map { _ in UInt8(random.nextWord() >> 24) })
}

func store(_ picture: Picture, _ path: String) throws {
  try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
  try PictureFile.writePNG(picture, to: path)
}

/// A picture of one grey level, so that a value tells the file.
func flat(_ level: UInt8, width: Int = 8, height: Int = 8) -> Picture {
  Picture(width: width, height: height, channels: 3, fill: level)
}

/// The grey level of each picture of a batch made of `flat` ones.
func levels(_ batch: PictureBatch) -> [Int] {
  let size = batch.values.count / batch.count
  return (0..<batch.count).map { Int(((batch.values[$0 * size] + 1) * 127.5).rounded()) }
}

/// The 8-bit picture at `index` of a batch.
func picture(_ batch: PictureBatch, _ index: Int = 0) -> Picture {
  let size = batch.values.count / batch.count
  return Picture(
    normalized: Array(batch.values[index * size..<(index + 1) * size]), width: batch.width, height: batch.height,
    channels: batch.channels, rounding: .nearest)
}

extension DataRequest {
  static func small(_ mode: DataMode, _ root: String, load: Int = 8, crop: Int = 8) -> DataRequest {
    var options = DataOptions()
    (options.root, options.loadSize, options.cropSize) = (root, load, crop)
    return DataRequest(options, mode)
  }
}

func names(_ paths: [FilePath]) -> [String] { paths.map(\.shownName) }
