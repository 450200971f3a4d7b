import GanBase
import GanImage

/// How masks are scaled.
package enum MaskInterpolation: String, CaseIterable, Sendable {
  /// As pictures are, which leaves soft edges.
  case smooth
  /// The nearest pixel, which keeps every level as it is.
  case nearest
}

/// The masks of a picture, or of all pictures of a batch.
extension DataSet {
  /// The masks of a picture after the same steps as the picture.
  /// - Throws: `GanError` (input) naming a mask that cannot be read or is of another size.
  func masks(
    of path: FilePath, _ size: PictureSize, _ draw: Transform.Draw, _ change: AugmentationDraw?
  ) throws -> [TrainingPicture] {
    try (catalogue.masks[path] ?? []).map { maskPath in
      let mask = try PictureFile.read(maskPath, channels: 1)
      guard mask.size == size else { throw GanError(.input, [unequalMask(mask.size, size, maskPath, of: path)]) }
      return try maskTransform.apply(mask, channels: 1, draw, change, changesColours: false, lenient: false)
    }
  }

  func unequalMask(_ size: PictureSize, _ picture: PictureSize, _ path: FilePath, of other: FilePath) -> Diagnostic {
    Diagnostic("is \(size.text), but its picture \(other) is \(picture.text)", at: path, help: "make the sizes equal")
  }

  /// `[N,H,W,M]` with as many masks as the picture with the most; -1 where a picture has fewer.
  func joined(masks: [[TrainingPicture]], _ size: PictureSize) -> PictureBatch {
    let slots = max(1, masks.map(\.count).max() ?? 1), pixels = size.width * size.height
    var values = [Float](repeating: -1, count: masks.count * pixels * slots)
    for (index, own) in masks.enumerated() {
      for (slot, mask) in own.enumerated() {
        let levels = [Float](unsafeUninitializedCapacity: pixels) { out, filled in
          mask.normalize(into: out)
          filled = pixels
        }
        for pixel in 0..<pixels { values[(index * pixels + pixel) * slots + slot] = levels[pixel] }
      }
    }
    return PictureBatch(count: masks.count, height: size.height, width: size.width, channels: slots, values: values)
  }

  /// How many masks each side has; nil if there are none.
  package var maskCounts: (a: Int, b: Int)? {
    guard request.hasMasks else { return nil }
    func count(_ entries: [Entry]) -> Int {
      entries.flatMap(\.paths).reduce(0) { $0 + (catalogue.masks[$1]?.count ?? 0) }
    }
    return (count(catalogue.first), count(catalogue.second))
  }
}

// MARK: Checking

/// What is worth telling about masks that can be used.
struct MaskNotices: Equatable {
  private var black: [FilePath] = [], dim: [FilePath] = [], full: [FilePath] = []

  /// Takes note of a mask's levels.
  fileprivate mutating func add(_ path: FilePath, _ levels: ClosedRange<UInt8>) {
    if levels.upperBound == 0 { black.append(path) } else if levels.upperBound <= 127 { dim.append(path) }
    if levels.lowerBound == 255 { full.append(path) }
  }

  mutating func add(_ other: MaskNotices) {
    black += other.black
    dim += other.dim
    full += other.full
  }

  var texts: [String] {
    func text(_ paths: [FilePath], _ one: String, _ many: String, _ rest: String) -> String? {
      guard !paths.isEmpty else { return nil }
      let names = paths.prefix(3).map(\.shown).joined(separator: ", ") + (paths.count > 3 ? ", ..." : "")
      return "\(paths.count == 1 ? one : "\(paths.count) masks are \(many)"), \(rest): \(names)"
    }
    return [
      text(black, "1 mask is black", "black", "and left out"),
      text(
        dim, "1 mask is dark", "dark",
        "without a pixel above 127, and marks hardly anything (an instance is white on black)"),
      text(full, "1 mask is white", "white", "marking the whole picture, and left out"),
    ].compactMap { $0 }
  }
}

extension DataSet {
  /// Looks at the masks of a picture, pixels included.
  /// - Returns: what is wrong with them, so that the picture cannot be used.
  func examineMasks(of path: FilePath, _ size: PictureSize, _ notices: inout MaskNotices) -> [Diagnostic] {
    guard request.hasMasks else { return [] }
    let paths = catalogue.masks[path] ?? []
    guard !paths.isEmpty else {
      let wanted = catalogue.firstMasks[path]?.shown ?? request.options.masks
      return [Diagnostic("has no mask", at: path, help: "give it masks as \(wanted), or remove it")]
    }
    var problems: [Diagnostic] = [], marks = false
    for maskPath in paths {
      do {
        let header = try PictureFile.header(of: maskPath)
        let own = PictureSize(width: header.width, height: header.height)
        guard own == size else {
          problems.append(unequalMask(own, size, maskPath, of: path))
          continue
        }
        let mask = try PictureFile.read(maskPath, channels: 1)
        let levels = (mask.pixels.min() ?? 0)...(mask.pixels.max() ?? 0)
        if levels.upperBound > 0, levels.lowerBound < 255 { marks = true }
        notices.add(maskPath, levels)
      } catch let error as GanError {
        problems += error.diagnostics
      } catch {
        problems.append(Diagnostic("\(error)", at: maskPath))
      }
    }
    guard problems.isEmpty, !marks else { return problems }
    let what = paths.count == 1 ? "its only mask is" : "all of its \(paths.count) masks are"
    return [
      Diagnostic(
        "\(what) empty: no instance is marked, white on black", at: paths[0],
        help: "mark an instance in it, or remove the picture \(path)")
    ]
  }
}
