import GanBase
import GanConfig
import GanData
import GanImage
import GanModels

/// How pictures belong together, or whatever the model needs.
public enum DataModeChoice: String, CaseIterable, Sendable {
  case auto, aligned, unaligned, domains
}

/// What happens when a picture turns out to be damaged or gone.
public enum PictureErrorPolicy: String, CaseIterable, Sendable {
  case stop, skip
}

/// The section `data` of a configuration.
public struct DataSettings: Settings, Equatable, Sendable {
  public var root: String?
  public var mode = DataModeChoice.auto
  public var phase = "train"
  public var pairs = PairLayout.auto
  public var folderA: String?
  public var folderB: String?
  /// A file, or `automatic`.
  public var attributes: String?
  public var selectedAttributes = ["Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young"]
  public var heldOut = 1999
  public var validation: String?
  public var validationFolderA: String?
  public var validationFolderB: String?
  public var preprocess = Preprocess.resizeAndCrop
  /// nil where the model decides; so too for `cropSize` and `batchSize`.
  public var loadSize: Int?
  public var cropSize: Int?
  /// nil where the pictures decide, which is none unless there is a list of attributes.
  public var centreCrop: Int?? = .some(nil)
  public var interpolation = ResampleFilter.bicubic
  public var flip = true
  public var direction = Direction.aToB
  public var batchSize: Int?
  public var dropLast = false
  public var serial = false
  public var most: Int?
  public var onError = PictureErrorPolicy.stop

  public init() {}

  private static let sides = 1...PictureLimits.side

  public static let options: [Option<DataSettings>] = [
    .optionalText("root", \.root, "folder of the data set, with a subfolder for each phase"),
    .choice("mode", \.mode, "how pictures belong together; auto: as the model needs it"),
    .text("phase", \.phase, "subfolder of root to train on: PHASE, or PHASEA and PHASEB"),
    .choice("pairs", \.pairs, "how pairs are found; auto: by name in two folders, else side by side, about 2:1"),
    .optionalText("folder_a", \.folderA, "folder of side A, instead of root"),
    .optionalText("folder_b", \.folderB, "folder of side B, instead of root"),
    .optionalText(
      "attributes", \.attributes,
      "CelebA's list of the attributes of each picture in root; null: a folder per domain; auto: whichever is there"),
    .texts("selected_attributes", \.selectedAttributes, count: 1...64, "those of the attributes that are learned"),
    .integer(
      "held_out", \.heldOut, in: 0...1_000_000_000, "pictures of the attribute file that are not trained on"),
    .optionalText("validation", \.validation, "phase that is never trained on; null: val or else test, if there"),
    .optionalText("validation_folder_a", \.validationFolderA, "folder of side A of the validation pictures"),
    .optionalText("validation_folder_b", \.validationFolderB, "folder of side B of the validation pictures"),
    .choice("preprocess", \.preprocess, "how pictures are brought to one size"),
    .automaticInteger(
      "load_size", \.loadSize, in: sides,
      "size to which pictures are scaled before the crop; auto: in the paper's proportion to crop_size"),
    .automaticInteger(
      "crop_size", \.cropSize, in: sides, "size of training pictures; auto: the paper's, or what the networks need"),
    .automaticOptionalInteger(
      "centre_crop", \.centreCrop, in: sides,
      "square cut out of the middle before all else; auto: 178 with a list of attributes, else none"),
    .choice("interpolation", \.interpolation, "filter for scaling; both are antialiased"),
    .flag("flip", \.flip, "mirror half of the pictures"),
    .choice("direction", \.direction, "which side is the model's input; BtoA: B"),
    .automaticInteger("batch_size", \.batchSize, in: 1...65_536, "batch size: pictures per step; auto: the paper's"),
    .flag("drop_last", \.dropLast, "leave out the last batch of an epoch when it is not full"),
    .flag("serial", \.serial, "take the pictures in the order of their names instead of shuffling them"),
    .optionalInteger("max_pictures", \.most, in: 1...Int.max, "use only so many pictures of each folder"),
    .choice(
      "on_error", \.onError,
      "a picture that is damaged, or that the networks cannot take; stop: save and end, skip: take another one in its "
        + "place, and say so"),
  ]

  public func problems() -> [SettingsProblem] {
    var problems: [SettingsProblem] = []
    if preprocess.scalesThenCrops, let loadSize, let cropSize, loadSize < cropSize {
      problems.append(
        SettingsProblem(
          "load_size", "data.load_size \(loadSize) is smaller than data.crop_size \(cropSize)",
          help: "make load_size at least \(cropSize); equal sizes mean no random crop"))
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

extension DataSettings {
  /// The word for `attributes` that leaves it to what is found.
  static let automatic = "auto"

  /// Whether a list of attributes is named.
  var hasAttributeFile: Bool { attributes != nil && attributes != Self.automatic }

  /// The mode for a model of this kind; nil where the model cannot learn from the mode that was chosen.
  func mode(for kind: DataKind) -> DataMode? {
    switch (kind, mode) {
    case (.aligned, .auto), (.aligned, .aligned), (.unaligned, .aligned): .aligned
    case (.unaligned, .auto), (.unaligned, .unaligned): .unaligned
    case (.domains, .auto), (.domains, .domains): hasAttributeFile ? .attributes : .domains
    case (.aligned, _), (.unaligned, _), (.domains, _): nil
    }
  }

  /// Options for folders that are set, but not looked at in this mode.
  func unusedFolders(_ mode: DataMode) -> [(key: String, reason: String, help: String)] {
    let sides = [
      ("folder_a", folderA), ("folder_b", folderB), ("validation_folder_a", validationFolderA),
      ("validation_folder_b", validationFolderB),
    ].filter { $0.1 != nil }.map(\.0)
    let phases = [("phase", phase == Self().phase ? nil : phase), ("validation", validation)]
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
    case .aligned, .unaligned, .single:
      guard root == nil else { return [] }
      return phases.map {
        (
          $0, "is a subfolder of data.root, which is not given",
          "give data.root, or validation_folder_a and validation_folder_b beside folder_a and folder_b"
        )
      }
    }
  }

  /// What the training pictures are read with.
  func options(_ mode: DataMode, channels: (a: Int, b: Int), seed: UInt64) -> DataOptions {
    var options = DataOptions(mode, root: FilePath(root ?? "."))
    options.phase = mode == .attributes ? "train" : phase
    options.attributesFile = hasAttributeFile ? attributes.map { FilePath($0) } : nil
    (options.selectedAttributes, options.heldOut) = (selectedAttributes, heldOut)
    (options.folderA, options.folderB) = (folderA.map { FilePath($0) }, folderB.map { FilePath($0) })
    options.pairs = pairs
    options.preprocess = preprocess
    // Where the model has not yet decided about sizes, nothing but the files' names is looked at.
    options.cropSize = cropSize ?? min(options.cropSize, loadSize ?? .max)
    options.loadSize = loadSize ?? max(options.loadSize, options.cropSize)
    options.centreCrop = centreCrop ?? nil
    (options.filter, options.flip, options.direction) = (interpolation, flip, direction)
    (options.inputChannels, options.outputChannels) = (channels.a, channels.b)
    (options.batchSize, options.dropLast, options.serial) = (batchSize ?? 1, dropLast, serial)
    (options.most, options.seed, options.skipsUnusable) = (most, seed, onError == .skip)
    return options
  }
}
