import GanBase
import GanData
import GanImage

/// The masks of the pictures of a plan, for models that translate instances.
package struct TranslationMasks {
  /// By input.
  private let masks: [FilePath: [FilePath]]
  private let folders: [MaskFolder]

  /// Pictures without masks, which stay as they are.
  package let unmarked: [FilePath]

  /// No masks, for models that need none.
  package static let none = TranslationMasks()

  private init() { (masks, folders, unmarked) = ([:], [], []) }

  /// - Parameters:
  ///   - folder: where the masks are; nil: beside each input, as for training.
  ///   - pattern: how the masks were named in training.
  /// - Throws: `GanError` (input) naming folders that are missing, and masks that cannot be read or are of another size.
  init(_ plan: TranslationPlan, in folder: FilePath?, _ pattern: MaskPattern) throws {
    var masks: [FilePath: [FilePath]] = [:], folders: [FilePath: MaskFolder] = [:], unmarked: [FilePath] = []
    for item in plan.items {
      let place = folder ?? pattern.folder(of: item.folder)
      if folders[place] == nil, folder != nil || place.isFolder { folders[place] = try MaskFolder(place, pattern) }
      let found = folders[place]?.masks(of: item.name) ?? []
      masks[item.input] = found
      if found.isEmpty { unmarked.append(item.input) }
    }
    (self.masks, self.folders, self.unmarked) = (masks, Array(folders.values), unmarked)
    let faults = plan.items.flatMap { item in (masks[item.input] ?? []).compactMap { Self.fault(of: $0, item) } }
    if !faults.isEmpty { throw GanError(.input, firstFew(faults, "such masks")) }
  }

  private static func fault(of mask: FilePath, _ item: TranslationPlan.Item) -> Diagnostic? {
    do {
      let header = try PictureFile.header(of: mask), size = PictureSize(width: header.width, height: header.height)
      guard size != item.size else { return nil }
      return Diagnostic(
        "is \(size.width)x\(size.height), but its picture \(item.input) is \(item.size.width)x\(item.size.height)",
        at: mask, help: "make the sizes equal")
    } catch let error as GanError {
      return error.diagnostics.first
    } catch {
      return Diagnostic("\(error)", at: mask)
    }
  }

  /// A sentence on pictures without masks; nil if all have some.
  package var notice: String? {
    guard let first = unmarked.first else { return nil }
    let place = folders.first.map { " in \($0.path)" } ?? ""
    return unmarked.count == 1
      ? "\(first) has no masks\(place): it stays as it is"
      : "\(unmarked.count) pictures have no masks\(place) and stay as they are, such as \(first)"
  }

  func paths(of item: TranslationPlan.Item) -> [FilePath] { masks[item.input] ?? [] }

  /// The masks of an item as they are stored.
  /// - Throws: `GanError` (input) for a damaged one.
  func read(_ item: TranslationPlan.Item) throws -> [Picture] {
    try paths(of: item).map { try PictureFile.read($0, channels: 1) }
  }

  var all: [FilePath] { masks.values.flatMap { $0 } }
}

extension TranslationPlan {
  /// The same with the masks of the pictures, and places for those that come out.
  func with(_ masks: TranslationMasks) -> TranslationPlan {
    mapping { item in
      var item = item
      item.maskOutputs = masks.paths(of: item).map { item.place.mask(item.name, $0.name) }
      return item
    }
  }
}

extension TrainedModel {
  /// The masks of the pictures of a plan.
  /// - Parameter folder: where they are; nil: beside each input.
  /// - Returns: none for a model that takes no masks.
  /// - Throws: `GanError`: (usage) for masks that the model does not take, (input) naming masks that cannot be used.
  package func masks(_ plan: TranslationPlan, in folder: FilePath?) throws -> TranslationMasks {
    guard model.inputs.masks > 0 else {
      guard folder == nil else {
        throw GanError.usage("option --masks: \(info.name) takes no masks", help: "leave it out")
      }
      return .none
    }
    return try TranslationMasks(plan, in: folder, maskPattern)
  }
}
