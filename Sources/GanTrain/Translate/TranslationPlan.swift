import Foundation
import GanBase
import GanImage

/// Which files become which. All is checked before anything is computed or written.
public struct TranslationPlan {
  public struct Item: Sendable {
    public let input: String
    /// Of the file.
    public let size: PictureSize
    /// Its place below the input folder, without the ending; just the name of a file that was given itself.
    public let name: String
    /// One, or as many as there are translations of a picture.
    public let outputs: [String]
    /// Where each of them goes when it is translated back; empty where none is.
    public let reconstructions: [String]
  }

  public let items: [Item]
  /// nil: one picture goes to a file that was named.
  public let folder: String?

  /// - Parameters:
  ///   - inputs: picture files, and folders that are searched with all their subfolders.
  ///   - output: a folder; or, for one file, the name of a PNG file.
  ///   - samples: translations of each picture, whose names end in their numbers; nil: one with the picture's name.
  ///   - reconstructs: whether translations are also translated back.
  /// - Throws: `GanError`: (usage) for an output that cannot be, would overwrite an input, or would be written twice;
  ///   (input) naming all pictures whose headers cannot be read.
  public init(inputs: [String], output: String, samples: Int? = nil, reconstructs: Bool = false) throws {
    guard !output.isEmpty else { throw GanError.usage("the output has no name", help: "name a folder with --output") }
    let files = try Self.files(inputs, output: output)
    let folder = try Self.folder(output, inputs)
    let sizes = try Self.sizes(files.map(\.path))
    let items = zip(files, sizes).map { file, size in
      let outputs = folder.map { Self.outputs($0, file.name, samples) } ?? [output]
      let backs = reconstructs ? outputs.map { stem($0) + "_reconstructed.png" } : []
      return Item(input: file.path, size: size, name: file.name, outputs: outputs, reconstructions: backs)
    }
    try self.init(items, folder: folder, samples)
    if let samples, samples > 1, folder == nil { throw oneFile }
  }

  /// How many translations there are of a picture; nil: one with its name.
  private let samples: Int?

  private init(_ items: [Item], folder: String?, _ samples: Int?) throws {
    (self.items, self.folder, self.samples) = (items, folder, samples)
    try Self.checkOutputs(items.flatMap { item in (item.outputs + item.reconstructions).map { (item.input, $0) } })
  }

  private static func outputs(_ folder: String, _ name: String, _ samples: Int?) -> [String] {
    guard let samples else { return ["\(folder)/\(name).png"] }
    return (1...max(1, samples)).map { "\(folder)/\(name)_\($0).png" }
  }

  private var oneFile: GanError {
    .usage(
      "several results of a picture cannot go to one file", at: items.first?.outputs.first,
      help: "name a folder with --output")
  }

  /// The same with results in a subfolder.
  /// - Throws: `GanError` (usage) where the output is one file, or a result would overwrite an input.
  public func subfolder(_ name: String) throws -> TranslationPlan {
    guard let folder else { throw oneFile }
    let inner = "\(folder)/\(name)"
    let moved = items.map { item in
      Item(
        input: item.input, size: item.size, name: item.name, outputs: Self.outputs(inner, item.name, samples),
        reconstructions: item.reconstructions.map { inner + $0.dropFirst(folder.count) })
    }
    return try TranslationPlan(moved, folder: inner, samples)
  }

  // MARK: Inputs

  private typealias File = (path: String, name: String)

  private static func files(_ inputs: [String], output: String) throws -> [File] {
    try inputs.flatMap { input -> [File] in
      guard isFolder(input) else { return [(input, stem((input as NSString).lastPathComponent))] }
      guard realPath(input) != realPath(output) else {
        throw GanError.usage(
          "the output is the input folder itself", at: output, help: "name another folder with --output")
      }
      let prefix = input.hasSuffix("/") ? input : input + "/"
      // Results of an earlier translation into a subfolder are no inputs.
      let ignored = realPath(output).map { $0 + "/" }
      let listed = try PictureFile.list(folder: input, recursive: true).filter { path in
        guard let ignored else { return true }
        return realPath(path)?.hasPrefix(ignored) != true
      }
      guard !listed.isEmpty else {
        throw GanError.input("its only pictures are in the output folder", at: input)
      }
      return listed.map { ($0, stem(String($0.dropFirst(prefix.count)))) }
    }
  }

  private static func sizes(_ paths: [String]) throws -> [PictureSize] {
    var faults: [Diagnostic] = []
    let sizes = try paths.compactMap { path -> PictureSize? in
      do {
        let header = try PictureFile.header(of: path)
        return PictureSize(width: header.width, height: header.height)
      } catch let error as GanError where error.code == .input {
        faults += error.diagnostics
        return nil
      }
    }
    guard faults.isEmpty else { throw GanError(.input, firstFew(faults, "pictures that cannot be used")) }
    return sizes
  }

  // MARK: Output

  private static func folder(_ output: String, _ inputs: [String]) throws -> String? {
    if isFolder(output) { return trimmed(output) }
    let ending = (output as NSString).pathExtension.lowercased()
    let isPictureName = PictureFile.extensions.contains(ending) && !output.hasSuffix("/")
    if isPictureName, inputs.count == 1, !isFolder(inputs[0]) {
      guard ending == "png" else {
        throw GanError.usage("results are PNG files", at: output, help: "name a file that ends in .png, or a folder")
      }
      return nil
    }
    if isPictureName {
      throw GanError.usage(
        "several pictures cannot go to one file", at: output,
        help: "name a folder with --output; it is made if need be")
    }
    guard !exists(output) else {
      throw GanError.usage("is a file, not a folder", at: output, help: "name a folder with --output")
    }
    return trimmed(output)
  }

  private static func checkOutputs(_ pairs: [(input: String, output: String)]) throws {
    let inputs = Set(pairs.compactMap { FileIdentity($0.input) })
    var sources: [String: String] = [:]
    var faults: [Diagnostic] = []
    for (input, output) in pairs {
      if let identity = FileIdentity(output), inputs.contains(identity) {
        faults.append(Diagnostic("the output would overwrite an input", at: output))
      }
      if let other = sources.updateValue(input, forKey: output) {
        faults.append(Diagnostic("\(other) and \(input) would both be written to it", at: output))
      }
    }
    guard faults.isEmpty else {
      faults[0].help = "translate them into different folders"
      throw GanError(.usage, firstFew(faults, "such files"))
    }
  }
}

/// At most ten faults, and how many there are in all.
func firstFew(_ faults: [Diagnostic], _ what: String) -> [Diagnostic] {
  faults.count <= 10 ? faults : faults.prefix(10) + [Diagnostic("and \(faults.count - 10) more \(what)")]
}

/// What a path leads to, whatever it is called.
private struct FileIdentity: Hashable {
  private let device, inode: UInt64

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }
}

/// Whether two paths lead to one file.
func isSameFile(_ a: String, _ b: String) -> Bool {
  guard let first = FileIdentity(a) else { return false }
  return first == FileIdentity(b)
}

func isFolder(_ path: String) -> Bool {
  var isFolder: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}

private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

private func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

private func trimmed(_ folder: String) -> String {
  var folder = folder
  while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
  return folder
}

/// A path without the ending of its last component.
func stem(_ path: String) -> String { (path as NSString).deletingPathExtension }
