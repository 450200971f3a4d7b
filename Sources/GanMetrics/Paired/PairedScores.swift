import Foundation
import GanBase
import GanImage

/// Differences between a picture and its target, over all pixels and channels.
package struct PairedScores: Equatable, Sendable {
  /// Mean absolute difference in levels, 0...255.
  package let levels: Double
  /// Mean squared difference in squared levels.
  package let meanSquare: Double

  /// Mean absolute difference where black is 0 and white is 1.
  package var l1: Double { levels / 255 }

  /// Peak signal-to-noise ratio in dB, with a peak of 255; infinite for equal pictures.
  package var psnr: Double { meanSquare == 0 ? .infinity : 10 * log10(255 * 255 / meanSquare) }

  /// - Parameter path: the picture's file, for the message.
  /// - Throws: `GanError` (input) if size or number of channels differ.
  package init(_ picture: Picture, _ target: Picture, at path: FilePath? = nil) throws {
    guard (picture.width, picture.height, picture.channels) == (target.width, target.height, target.channels) else {
      throw GanError.input(
        "cannot compare \(Self.form(picture)) with a target of \(Self.form(target))", at: path,
        help: "a target must have the size of the picture it is compared with")
    }
    // Integer sums are exact in any order, up to 140,000 times the largest possible picture.
    var absolute: UInt64 = 0, square: UInt64 = 0
    picture.pixels.withUnsafeBufferPointer { a in
      target.pixels.withUnsafeBufferPointer { b in
        for i in a.indices {
          let difference = UInt32(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i])
          absolute += UInt64(difference)
          square += UInt64(difference * difference)
        }
      }
    }
    levels = Double(absolute) / Double(picture.pixels.count)
    meanSquare = Double(square) / Double(picture.pixels.count)
  }

  private static func form(_ picture: Picture) -> String {
    "\(picture.width)x\(picture.height) pixels of \(picture.channels == 1 ? "grey" : "colour")"
  }
}

/// Means over pictures, which all have the same weight whatever their size.
package struct MeanPairedScores: Equatable, Sendable {
  package private(set) var count = 0
  private var sums = (levels: 0.0, psnr: 0.0)

  package init() {}

  package mutating func add(_ scores: PairedScores) {
    count += 1
    sums.levels += scores.levels
    sums.psnr += scores.psnr
  }

  /// Mean absolute difference in levels, 0...255; NaN without pictures.
  package var levels: Double { sums.levels / Double(count) }
  /// Mean absolute difference where black is 0 and white is 1.
  package var l1: Double { levels / 255 }
  /// Mean PSNR in dB; infinite if a picture equals its target.
  package var psnr: Double { sums.psnr / Double(count) }

  package static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.sums == b.sums }
}
