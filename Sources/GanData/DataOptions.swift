import GanBase
import GanImage

/// How pictures belong together.
public enum DataMode: String, CaseIterable, Sendable, Codable {
  /// Pairs: side-by-side files in `<root>/<phase>`, or files of one name in `<root>/<phase>A` and `<root>/<phase>B`, or
  /// in `A` and `B` below or above the folder of the phase.
  case aligned
  /// Two collections without pairs: `<root>/<phase>A` and `<root>/<phase>B`.
  case unaligned
  /// One subfolder of `<root>/<phase>` or `<root>` for each domain.
  case domains
  /// One collection, `<root>`, and a file that lists the attributes of each picture.
  case attributes
  /// One collection, `<root>/<phase>` or `<root>`.
  case single
}

/// How a picture comes to the size that the networks see.
public enum Preprocess: String, CaseIterable, Sendable, Codable {
  /// To load_size x load_size whatever the aspect, then a crop of crop_size.
  case resizeAndCrop = "resize_and_crop"
  /// A crop of crop_size.
  case crop
  /// To the width load_size, the height in proportion but at least crop_size.
  case scaleWidth = "scale_width"
  case scaleWidthAndCrop = "scale_width_and_crop"
  /// The shorter side to load_size, aspect kept.
  case scaleShorter = "scale_shorter"
  case scaleShorterAndCrop = "scale_shorter_and_crop"
  /// Each side to the nearest multiple of 4.
  case none

  var crops: Bool { [.resizeAndCrop, .crop, .scaleWidthAndCrop, .scaleShorterAndCrop].contains(self) }
}

/// Which side of a pair is the model's input.
public enum Direction: String, CaseIterable, Sendable, Codable {
  case aToB = "AtoB"
  case bToA = "BtoA"
}

/// Everything that decides which pictures come, in which order and shape. Names and defaults are those
/// of pytorch-CycleGAN-and-pix2pix.
public struct DataOptions: Equatable, Sendable {
  public var mode: DataMode
  public var root: FilePath
  public var phase = usualPhase
  /// Given folders for the two sides; both or none. They replace `root` in the modes aligned and unaligned.
  public var folderA: FilePath?
  public var folderB: FilePath?

  /// In the mode aligned.
  public var pairs = PairLayout.auto

  /// In the mode attributes: the file, those of its attributes that are used, and how many of its pictures are kept
  /// for tests.
  public var attributesFile: FilePath?
  public var selectedAttributes: [String] = []
  public var heldOut = 0

  public var preprocess = Preprocess.resizeAndCrop
  public var loadSize = 286
  public var cropSize = 256
  /// A square cut out of the middle before anything else (CelebA: 178).
  public var centreCrop: Int?
  public var filter = ResampleFilter.bicubic
  /// Mirror half of the pictures.
  public var flip = true
  /// In tests the picture is resized straight to `cropSize`; or, with this, to `loadSize` and cropped in the middle.
  public var testsKeepLoadSize = false

  /// Channels of the model's input and output, 1 or 3.
  public var inputChannels = 3
  public var outputChannels = 3
  public var direction = Direction.aToB

  public var batchSize = 1
  /// Take the pictures in the order of their paths, and the second of an unaligned pair by its number.
  public var serial = false
  /// Leave out an epoch's last batch when it is not full.
  public var dropLast = false
  /// Use only so many pictures of each collection.
  public var most: Int?
  /// Another picture takes the place of one that cannot be used, instead of an error.
  public var skipsUnusable = false
  public var seed: UInt64 = 0

  /// The phase that need not be there in modes of one folder.
  public static let usualPhase = "train"

  public init(_ mode: DataMode, root: FilePath) { (self.mode, self.root) = (mode, root) }

  /// The channels of folder A and of folder B: the input's belong to the side that is the input.
  var channels: (a: Int, b: Int) {
    direction == .aToB ? (inputChannels, outputChannels) : (outputChannels, inputChannels)
  }

  /// - Throws: `GanError` (usage) with every value that cannot be.
  public func validate() throws {
    var wrong: [Diagnostic] = []
    func expect(_ holds: Bool, _ name: String, _ value: Any, _ allowed: String) {
      if !holds { wrong.append(Diagnostic("\(name) is \(value)", help: "it must be \(allowed)")) }
    }
    let sizes = 1...PictureLimits.side
    expect(sizes.contains(loadSize), "load_size", loadSize, "1...\(PictureLimits.side)")
    expect(sizes.contains(cropSize), "crop_size", cropSize, "1...\(PictureLimits.side)")
    if let centreCrop { expect(sizes.contains(centreCrop), "centre_crop", centreCrop, "1...\(PictureLimits.side)") }
    if preprocess.crops && preprocess != .crop {
      expect(loadSize >= cropSize, "load_size", loadSize, "at least crop_size, \(cropSize)")
    }
    expect([1, 3].contains(inputChannels), "input channels", inputChannels, "1 or 3")
    expect([1, 3].contains(outputChannels), "output channels", outputChannels, "1 or 3")
    expect((1...65_536).contains(batchSize), "batch_size", batchSize, "1...65536")
    if let most { expect(most > 0, "the number of pictures to use", most, "at least 1") }
    if (folderA == nil) != (folderB == nil) {
      wrong.append(Diagnostic("only one of the folders A and B is given", help: "give both or none"))
    }
    if mode == .attributes {
      expect(attributesFile != nil, "the attribute file", "not given", "a file in CelebA's format")
      expect(!selectedAttributes.isEmpty, "the list of attributes", "empty", "one or more names")
    }
    if !wrong.isEmpty { throw GanError(.usage, wrong) }
  }
}
