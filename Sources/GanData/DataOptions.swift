import GanBase
import GanConfig
import GanImage

/// The section `data` of a configuration: which pictures are read, in which order and in which shape. Names and
/// defaults are those of pytorch-CycleGAN-and-pix2pix.
package struct DataOptions: Settings, Equatable, Sendable {
  package var root: String?
  package var mode = DataModeChoice.auto
  package var phase = usualPhase
  /// In the mode aligned.
  package var pairs = PairLayout.auto
  /// Folders of the two sides, which replace `root` in the modes aligned and unaligned; both or none.
  package var folderA: String?
  package var folderB: String?
  /// A file, or `automatic`.
  package var attributes: String?
  package var selectedAttributes = ["Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young"]
  package var heldOut = 1999
  /// A data set with a folder for each of its classes, for models that learn from two at once.
  package var secondRoot: String?
  /// A folder or a file.
  package var boxes: String?
  /// Of a box, in the crop; the side is in pixels.
  package var leastBoxShare = 0.25
  package var leastBoxSide = 16.0
  package var validation: String?
  package var validationFolderA: String?
  package var validationFolderB: String?
  package var preprocess = Preprocess.resizeAndCrop
  /// nil if the model decides; the same goes for `cropSize` and `batchSize`.
  package var loadSize: Int?
  package var cropSize: Int?
  /// nil if the pictures decide, which is none unless there is a list of attributes.
  package var centreCrop: Int?? = .some(nil)
  package var interpolation = ResampleFilter.bicubic
  package var flip = true
  package var direction = Direction.aToB
  /// How masks are named, for models that need them.
  package var masks = MaskPattern.usualText
  package var maskLimit = 20
  package var maskInterpolation = MaskInterpolation.smooth
  package var batchSize: Int?
  package var dropLast = false
  package var serial = false
  package var most: Int?
  package var onError = PictureErrorPolicy.stop
  package var augmentation = AugmentationOptions()

  /// The phase whose folder may be missing in modes with a single folder.
  package static let usualPhase = "train"

  package init() {}

  private static let sides = 1...PictureLimits.side

  package static let options: [Option<DataOptions>] =
    [
      .optionalText("root", \.root, "folder of the data set, with a subfolder for each phase"),
      .choice("mode", \.mode, "how pictures belong together; auto: as the model needs it"),
      .text("phase", \.phase, "subfolder of root to train on: PHASE, or PHASEA and PHASEB"),
      .choice("pairs", \.pairs, "how pairs are found; auto: by name in two folders, else side by side, about 2:1"),
      .optionalText("folder_a", \.folderA, "folder of side A, instead of root"),
      .optionalText("folder_b", \.folderB, "folder of side B, instead of root"),
      .optionalText(
        "attributes", \.attributes,
        "attribute list of the pictures in root, in CelebA's format; null: a folder per domain; auto: whichever is there"
      ),
      .texts("selected_attributes", \.selectedAttributes, count: 1...64, "the attributes to learn"),
      .integer(
        "held_out", \.heldOut, in: 0...1_000_000_000, "pictures of the attribute list that are kept from training"),
      .optionalText(
        "second_root", \.secondRoot,
        "folder of a second data set that stargan learns from at once, with a folder per class; null: none"),
      .optionalText(
        "boxes", \.boxes,
        "where models that learn from boxes find them: a .json file (COCO), or a folder of .txt (YOLO) or .xml files "
          + "(Pascal VOC); null: PHASEA_boxes, PHASEB_boxes, or these with .json"),
      .number(
        "box_min_share", \.leastBoxShare, in: 0...1, "leave out boxes of which the crop leaves less than this share"),
      .number(
        "box_min_side", \.leastBoxSide, in: 0...Double(PictureLimits.side),
        "leave out boxes that are narrower or lower in the crop, in pixels"),
      .optionalText(
        "validation", \.validation, "subfolder of root that is never trained on; null: val or else test, if there"),
      .optionalText("validation_folder_a", \.validationFolderA, "folder of side A of the validation pictures"),
      .optionalText("validation_folder_b", \.validationFolderB, "folder of side B of the validation pictures"),
      .choice("preprocess", \.preprocess, "how pictures are scaled and cropped to one size"),
      .automaticInteger(
        "load_size", \.loadSize, in: sides,
        "size to which pictures are scaled before the crop; auto: in the paper's proportion to crop_size"),
      .automaticInteger(
        "crop_size", \.cropSize, in: sides, "size of training pictures; auto: the paper's, or what the networks need"),
      .automaticOptionalInteger(
        "centre_crop", \.centreCrop, in: sides,
        "square cut out of the middle first of all; auto: 178 with an attribute list, else none"),
      .choice("interpolation", \.interpolation, "filter for scaling; both are antialiased"),
      .flag("flip", \.flip, "mirror half of the pictures"),
      .choice("direction", \.direction, "which side is the model's input; AtoB: A, BtoA: B"),
      .text(
        "masks", \.masks,
        "masks of a picture, one for each instance, white on black, for models that need them; FOLDER is the picture's "
          + "folder, NAME its name, * a number"),
      .integer("max_masks", \.maskLimit, in: 1...1000, "masks of a picture that are read at most, the first ones"),
      .choice(
        "mask_interpolation", \.maskInterpolation, "how masks are scaled; smooth: as pictures are, by interpolation"),
      .automaticInteger("batch_size", \.batchSize, in: 1...65_536, "batch size: pictures per step; auto: the paper's"),
      .flag("drop_last", \.dropLast, "leave out the last batch of an epoch when it is not full"),
      .flag("serial", \.serial, "take the pictures in the order of their names instead of shuffling them"),
      .optionalInteger("max_pictures", \.most, in: 1...Int.max, "use at most this many pictures of each folder"),
      .choice(
        "on_error", \.onError,
        "what to do about a picture that is damaged, or that the networks cannot take; stop: save and end, skip: use "
          + "another one in its place, and say so"),
    ] + Option.all(of: \.augmentation)

  package func problems() -> [SettingsProblem] {
    var problems = [MaskPattern.problem(masks)].compactMap { $0 }
    if preprocess.scalesThenCrops, let loadSize, let cropSize, loadSize < cropSize {
      problems.append(
        SettingsProblem(
          "load_size", "data.load_size \(loadSize) is smaller than data.crop_size \(cropSize)",
          help: "make load_size at least \(cropSize); equal sizes mean no random crop"))
    }
    if augmentation.turns, !preprocess.endsInCrop {
      problems.append(
        SettingsProblem(
          "augment_turns",
          "data.augment_turns needs square pictures, which data.preprocess \(preprocess.rawValue) "
            + "does not make", help: "use a preprocess that ends in a crop, or leave it off"))
    }
    for name in Set(selectedAttributes).sorted() where selectedAttributes.count(where: { $0 == name }) > 1 {
      problems.append(
        SettingsProblem(
          "selected_attributes", "data.selected_attributes: \(name) is there more than once",
          help: "name each attribute once"))
    }
    for (a, b, keyA, keyB) in [
      (folderA, folderB, "folder_a", "folder_b"),
      (validationFolderA, validationFolderB, "validation_folder_a", "validation_folder_b"),
    ] where (a == nil) != (b == nil) {
      let given = a == nil ? keyB : keyA
      problems.append(
        SettingsProblem(
          given, "data.\(given) is given without data.\(a == nil ? keyA : keyB)", help: "give both, or root instead"))
    }
    return problems
  }
}

extension DataOptions {
  /// The value of `attributes` for using whatever list is found.
  package static let automatic = "auto"

  /// Whether a list of attributes is named.
  package var hasAttributeFile: Bool { attributes != nil && attributes != Self.automatic }

  /// Options that are set, but ignored in this mode.
  /// - Parameters:
  ///   - hasMasks: whether the model takes masks.
  ///   - hasBoxes: whether it learns from boxes.
  package func unused(
    _ mode: DataMode, hasMasks: Bool, hasBoxes: Bool
  ) -> [(key: String, reason: String, help: String)] {
    let hasSides = mode == .aligned || mode == .unaligned
    var unused = unusedFolders(mode)
    if !hasMasks { unused += unusedMasks }
    if !hasBoxes { unused += unusedBoxes }
    if mode == .single, direction != .aToB {
      unused.append(
        (
          "direction", "has no meaning where inputs are made from the pictures",
          "leave it out: small ones are the input"
        )
      )
    }
    guard !hasSides, augmentation.colourSides != .both else { return unused }
    return unused + [
      (
        "augment_colour_sides", "has no meaning for pictures that do not have the sides A and B",
        "leave it out: all pictures change"
      )
    ]
  }

  private var unusedMasks: [(key: String, reason: String, help: String)] {
    let usual = DataOptions()
    let isSet = [
      ("masks", masks != usual.masks), ("max_masks", maskLimit != usual.maskLimit),
      ("mask_interpolation", maskInterpolation != usual.maskInterpolation),
    ]
    return isSet.filter(\.1).map { ($0.0, "has no meaning for a model that learns without masks", "leave it out") }
  }

  private var unusedBoxes: [(key: String, reason: String, help: String)] {
    let usual = DataOptions()
    let isSet = [
      ("boxes", boxes != nil), ("box_min_share", leastBoxShare != usual.leastBoxShare),
      ("box_min_side", leastBoxSide != usual.leastBoxSide),
    ]
    return isSet.filter(\.1).map {
      ($0.0, "has no meaning for this model, which does not learn from boxes", "leave it out")
    }
  }

  private func unusedFolders(_ mode: DataMode) -> [(key: String, reason: String, help: String)] {
    let sides = [
      ("folder_a", folderA), ("folder_b", folderB), ("validation_folder_a", validationFolderA),
      ("validation_folder_b", validationFolderB),
    ].filter { $0.1 != nil }.map(\.0)
    let phases = [("phase", phase == Self.usualPhase ? nil : phase), ("validation", validation)]
      .filter { $0.1 != nil }.map(\.0)
    switch mode {
    case .attributes:
      return (phases + sides).map {
        (
          $0, "has no meaning with a list of attributes, whose pictures all lie in data.root",
          "leave it out: data.held_out says how many pictures are kept from training, for samples and validation"
        )
      }
    case .domains:
      return sides.map {
        (
          $0, "has no meaning for pictures in domains, which have a folder each in data.root",
          "leave it out, and name the folder of all domains in data.root, those of others in data.validation"
        )
      }
    case .single:
      return sides.map {
        (
          $0, "has no meaning for pictures in one folder",
          "leave it out, and name that folder in data.root, another one below it in data.validation"
        )
      }
    case .aligned, .unaligned:
      guard root == nil else { return [] }
      return phases.map {
        (
          $0, "is a subfolder of data.root, which is not given",
          "give data.root, or validation_folder_a and validation_folder_b beside folder_a and folder_b"
        )
      }
    }
  }
}
