import Foundation
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
      (options.folderA, options.folderB) = (a, b)
      return options
    }
    guard let root = data.root else { return nil }
    (options.folderA, options.folderB) = (nil, nil)
    if let phase = data.validation {
      options.phase = phase
      return options
    }
    guard let phase = ["val", "test"].first(where: { $0 != data.phase && exists($0, in: root, training.mode) }) else {
      return nil
    }
    options.phase = phase
    return options
  }

  private static func exists(_ phase: String, in root: String, _ mode: DataMode) -> Bool {
    let together = isFolder("\(root)/\(phase)")
    let apart = isFolder("\(root)/\(phase)A") && isFolder("\(root)/\(phase)B")
    switch mode {
    case .aligned: return together || apart
    case .unaligned: return apart
    case .domains, .attributes, .single: return together
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var answer: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &answer) && answer.boolValue
  }
}
