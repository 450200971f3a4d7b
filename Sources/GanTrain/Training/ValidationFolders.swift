import GanBase
import GanData

/// Finds the validation pictures that a configuration means.
enum ValidationFolders {
  /// The options to read them with, or nil where there are none.
  /// - Throws: `GanError` (input) when a phase was asked for that is not there; that is left to `DataSet`.
  static func options(_ data: DataSettings, _ training: DataOptions) -> DataOptions? {
    var options = training
    (options.serial, options.dropLast, options.batchSize) = (true, false, 1)
    if training.mode == .attributes {
      options.phase = "test"
      return data.heldOut > 0 ? options : nil
    }
    if let a = data.validationFolderA, let b = data.validationFolderB {
      (options.folderA, options.folderB) = (FilePath(a), FilePath(b))
      return options
    }
    guard data.root != nil else { return nil }
    (options.folderA, options.folderB) = (nil, nil)
    if let phase = data.validation {
      options.phase = phase
      return options
    }
    guard let phase = ["val", "test"].first(where: { $0 != data.phase && DataLayout.has($0, options) }) else {
      return nil
    }
    options.phase = phase
    return options
  }
}
