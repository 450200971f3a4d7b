import Foundation
import GanBase
import GanImage

/// Where the time goes between a file and the samples for the networks: seconds of one thread's CPU time, so that other
/// work on the machine matters little.
package struct LoadingTimes: Sendable {
  /// Pictures made; a side-by-side file has two.
  package fileprivate(set) var pictures = 0
  /// Reading and decoding the files.
  package fileprivate(set) var decode = 0.0
  /// Grey, the central crop, and the size.
  package fileprivate(set) var resize = 0.0
  /// Crop and mirroring.
  package fileprivate(set) var augment = 0.0
  /// From bytes to [-1,1].
  package fileprivate(set) var toTensor = 0.0

  package var all: Double { decode + resize + augment + toTensor }

  fileprivate init() {}
}

extension DataSet {
  /// Makes the pictures of the first `count` items ready on the calling thread, timing each stage.
  /// - Throws: `GanError` (input) naming a picture that cannot be read or used.
  package func loadingTimes(ofFirst count: Int) throws -> LoadingTimes {
    var times = LoadingTimes()
    let sides = [(catalogue.first, request.channels.a), (catalogue.second, request.channels.b)]
    for (place, (entries, channels)) in sides.enumerated() {
      for (index, entry) in entries.prefix(count).enumerated() {
        var random = stream(epoch: place, item: index)
        for path in entry.paths {
          let file = try timing(&times.decode) { try PictureFile.read(path) }
          if case .picture = entry, let problem = unusable(file.size) {
            throw GanError(.input, [problem.located(at: path)])
          }
          for part in parts(of: file, entry) { try prepare(part, channels, &random, &times) }
        }
      }
    }
    return times
  }

  private func parts(of file: Picture, _ entry: Entry) -> [Picture] {
    guard case .sideBySide = entry, let halves = file.halves() else { return [file] }
    return [halves.left, halves.right]
  }

  private func prepare(
    _ picture: Picture, _ channels: Int, _ random: inout RandomStream, _ times: inout LoadingTimes
  ) throws {
    let draw = transform.draw(picture.size, paired: false, &random)
    let scaled = try timing(&times.resize) { try transform.resized(picture, channels: channels) }
    // It has its size already, so that only the crop and the mirroring are left.
    let final = try timing(&times.augment) { try transform.apply(scaled, channels: channels, draw, lenient: false) }
    _ = timing(&times.toTensor) { final.normalized() }
    times.pictures += 1
  }
}

private func timing<Result>(_ seconds: inout Double, _ body: () throws -> Result) rethrows -> Result {
  let start = CPUClock.thread.seconds
  defer { seconds += CPUClock.thread.seconds - start }
  return try body()
}
