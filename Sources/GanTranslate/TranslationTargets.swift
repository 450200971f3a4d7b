import Foundation
import GanBase
import GanData
import GanImage
import GanModels

/// The targets that translations are compared with, and the part of each input file that is translated.
package struct TranslationTargets {
  /// The location of one target.
  struct Place: Sendable {
    let path: FilePath
    let part: PicturePart
    /// The size of the part; halves that differ by one column are scaled to the same size, as in training.
    let size: PictureSize
  }

  let inputPart: PicturePart
  /// Targets by item name; nil if nothing is compared.
  private let places: [FilePath: Place]?

  /// A message about skipped files in the folder of targets; nil if there are none.
  package let skipped: String?

  package var compares: Bool { places != nil }
  /// The files with the targets.
  var paths: [FilePath] { places.map { Array($0.values.map(\.path)) } ?? [] }
  func place(_ item: TranslationPlan.Item) -> Place? { places?[item.name] }

  /// - Parameters:
  ///   - folder: pictures with the names of the inputs, with any extension; those that are twice as wide as the results
  ///     are side-by-side pairs.
  ///   - inputsArePairs: whether inputs hold two pictures side by side; without a folder, the other half is the target.
  /// - Throws: `GanError`: (input) naming inputs without a target, or targets of the wrong size, (usage) for pairs in
  ///   one file if results are larger than pictures.
  package init(
    _ plan: TranslationPlan, folder: FilePath?, inputsArePairs: Bool, _ model: TrainedModel,
    _ translator: PictureTranslator
  ) throws {
    let inputHalf = (model.pairDirection == .aToB) == (translator.target != .bToA) ? PicturePart.left : .right
    inputPart = inputsArePairs ? inputHalf : .whole
    if inputsArePairs, translator.enlargement > 1 {
      throw GanError.usage(
        "option --aligned: \(model.info.name) makes pictures \(translator.enlargement) times as large, so that a "
          + "picture and its target are not of one size",
        help: "put the targets into a folder of their own, and name it with --compare")
    }
    let part = inputPart
    let narrow = inputsArePairs ? plan.items.filter { $0.size.width < 2 } : []
    guard narrow.isEmpty else {
      throw GanError(.input, narrow.prefix(10).map { Diagnostic("is too narrow to hold two pictures", at: $0.input) })
    }
    if let folder {
      let listing = try PictureFile.listing(folder: folder, recursive: true)
      skipped = listing.skippedText.map { "\(folder.shown): \($0)" }
      let found = try Self.find(plan, in: folder, listing.pictures)
      places = try Self.places(plan, found, pairPart: inputHalf.opposite) { item in
        let size = Self.size(part, item)
        return [translator.resultSize(of: size), size.enlarged(translator.enlargement)]
      }
    } else if inputsArePairs {
      skipped = nil
      places = Dictionary(
        plan.items.map { item in
          (item.name, Place(path: item.input, part: inputHalf.opposite, size: Self.size(part, item)))
        }, uniquingKeysWith: { $1 })
    } else {
      (places, skipped) = (nil, nil)
    }
  }

  /// The size of the picture in an item's file.
  func inputSize(_ item: TranslationPlan.Item) -> PictureSize { Self.size(inputPart, item) }

  private static func size(_ part: PicturePart, _ item: TranslationPlan.Item) -> PictureSize {
    PictureSize(width: part.columns(of: item.size.width).count, height: item.size.height)
  }

  private static func find(
    _ plan: TranslationPlan, in folder: FilePath, _ listed: [FilePath]
  ) throws -> [FilePath: FilePath] {
    let found = Dictionary(
      listed.map { ($0.relative(to: folder).withoutEnding, $0) }, uniquingKeysWith: { first, _ in first })
    let missing = plan.items.filter { found[$0.name] == nil }
    guard missing.isEmpty else {
      var faults = missing.map { Diagnostic("has no target called \($0.name.shown) in \(folder.shown)", at: $0.input) }
      faults[0].help = "targets have the names of the inputs, with the extension .png, .jpg or .jpeg"
      throw GanError(.input, firstFew(faults, "inputs without a target"))
    }
    return found
  }

  /// - Parameter sizes: the size of an item's result, and other sizes that may be scaled to it.
  private static func places(
    _ plan: TranslationPlan, _ found: [FilePath: FilePath], pairPart: PicturePart,
    sizes: (TranslationPlan.Item) -> [PictureSize]
  ) throws -> [FilePath: Place] {
    var places: [FilePath: Place] = [:]
    var faults: [Diagnostic] = []
    for item in plan.items {
      guard let path = found[item.name] else { continue }
      let header = try PictureFile.header(of: path)
      let sizes = sizes(item)
      let half = header.width / 2, whole = PictureSize(width: header.width, height: header.height)
      if sizes.contains(whole) {
        places[item.name] = Place(path: path, part: .whole, size: whole)
      } else if let size = sizes.first(where: {
        [half, header.width - half].contains($0.width) && $0.height == header.height
      }) {
        places[item.name] = Place(path: path, part: pairPart, size: size)
      } else {
        faults.append(
          Diagnostic(
            "is \(header.width)x\(header.height); the translation of \(item.input.shown) will be "
              + "\(sizes[0].width)x\(sizes[0].height)", at: path))
      }
    }
    guard faults.isEmpty else {
      faults[0].help =
        "a target has the size of the result, or is twice as wide; for side-by-side inputs add --aligned"
      throw GanError(.input, firstFew(faults, "targets of the wrong size"))
    }
    return places
  }
}
