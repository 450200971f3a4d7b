import GanBase
import GanImage

/// What a data set is made from: the options of the configuration, and what the model and the run add to them.
package struct DataRequest: Equatable, Sendable {
  package var options: DataOptions
  package var mode: DataMode
  /// Channels of the model's input and output, 1 or 3.
  package var inputChannels: Int
  package var outputChannels: Int
  /// In the mode single how many times as high and as wide as an input a picture is; inputs are made from them. 1: a
  /// picture is all there is of an item.
  package var enlargement: Int
  package var seed: UInt64
  /// The epoch, counted from 0, from which pictures are scaled straight to the crop, so that none is drawn; nil: never.
  package var scalesToCropFrom: Int?
  /// Whether each picture comes with masks; in the mode unaligned.
  package var hasMasks = false
  /// Of which sides the boxes are wanted.
  package var boxed = BoxedSides()
  /// Whether it asks for pictures that are never trained on.
  private(set) var isValidation = false

  /// The training pictures.
  /// - Parameter channels: of the model's input (a) and output (b).
  package init(
    _ options: DataOptions, _ mode: DataMode, channels: (a: Int, b: Int) = (3, 3), enlargement: Int = 1,
    seed: UInt64 = 0
  ) {
    (self.options, self.mode, self.enlargement, self.seed) = (options, mode, enlargement, seed)
    (inputChannels, outputChannels) = channels
    // A list of attributes has no folders of phases.
    if mode == .attributes { self.options.phase = DataOptions.usualPhase }
  }

  /// The second data set of a model that learns from two at once; nil if there is none.
  package var second: DataRequest? {
    guard let root = options.secondRoot, mode == .attributes || mode == .domains else { return nil }
    var request = self
    request.mode = .domains
    (request.options.root, request.options.secondRoot, request.options.attributes) = (root, nil, nil)
    // A list of attributes may ask for a crop, and have no folders of phases.
    (request.options.centreCrop, request.options.phase) = (.some(nil), options.phase)
    return request
  }

  /// The validation pictures that belong to these training pictures; nil if there are none. Whether a phase that
  /// the options name is there, `DataSet` finds out.
  package var validation: DataRequest? {
    var request = self
    request.isValidation = true
    (request.options.serial, request.options.dropLast, request.options.batchSize) = (true, false, 1)
    request.options.secondRoot = nil
    if mode == .attributes {
      request.options.phase = "test"
      return options.heldOut > 0 ? request : nil
    }
    if let a = options.validationFolderA, let b = options.validationFolderB {
      (request.options.folderA, request.options.folderB) = (a, b)
      return request
    }
    guard options.root != nil else { return nil }
    (request.options.folderA, request.options.folderB) = (nil, nil)
    let found = ["val", "test"].first { $0 != options.phase && DataLayout.has($0, request) }
    guard let phase = options.validation ?? found else { return nil }
    request.options.phase = phase
    return request
  }
}

// MARK: What is left open in the options

extension DataRequest {
  /// The folder of the data set.
  package var root: FilePath { FilePath(options.root ?? ".") }

  package var batchSize: Int { options.batchSize ?? 1 }

  // Until the model decides about sizes, only the files' names matter.
  package var cropSize: Int { options.cropSize ?? min(256, options.loadSize ?? .max) }
  package var loadSize: Int { options.loadSize ?? max(286, cropSize) }

  /// A square cut out of the middle before anything else.
  var centreCrop: Int? { options.centreCrop ?? nil }

  /// Whether a picture that cannot be used is replaced by another one, instead of an error.
  var skipsUnusable: Bool { options.onError == .skip }

  /// The folders of side A and side B that are given instead of `root`.
  var givenSides: DataLayout.Sides? {
    guard let a = options.folderA, let b = options.folderB else { return nil }
    return (FilePath(a), FilePath(b))
  }

  /// The channels of folder A and of folder B: the input's belong to the side that is the input.
  var channels: (a: Int, b: Int) {
    options.direction == .aToB ? (inputChannels, outputChannels) : (outputChannels, inputChannels)
  }
}
