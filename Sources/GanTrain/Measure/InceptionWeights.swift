import Foundation
import GanBase
import GanMetrics
import GanStore
import GanWeights

/// The Inception network of the published FID: finds, reads and verifies its weight file.
package struct InceptionWeights {
  /// File names used by pytorch-fid, by torch-fidelity, and by the conversion of earlier versions of this program.
  package static let fileNames = [
    "pt_inception-2015-12-05-6726825d.pth", "weights-inception-2015-12-05-6726825d.pth", "inception-fid.safetensors",
  ]
  /// The beginning of the published file's SHA-256.
  static let publishedHash = "6726825d"

  package let network: InceptionNetwork
  package let path: FilePath
  /// Whether the checksum shows that these are the published weights.
  package let isVerified: Bool

  /// Reads a weight file in safetensors or PyTorch format.
  /// - Throws: `GanError` (checkpoint) naming a tensor that is missing, of another shape or not finite, or a checksum
  ///   that is wrong.
  package init(path: FilePath) throws {
    let tensors = Dictionary(
      try WeightFile.tensors(of: path).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    network = try InceptionNetwork { key, shape in
      guard let tensor = tensors[key] else {
        throw GanError.checkpoint(
          "tensor '\(key)' is missing, so this is not the FID network", at: path,
          help: "download \(Self.fileNames[0]) of pytorch-fid; scripts/fetch_inception.py does")
      }
      try tensor.expect(shape: shape)
      let values = try tensor.floats()
      guard values.allSatisfy(\.isFinite) else {
        throw GanError.checkpoint("tensor '\(key)' holds numbers that are not finite", at: path)
      }
      return values
    }
    self.path = path
    isVerified = try Self.verify(path)
  }

  /// The file in `$GANCTL_HOME` or in the user's data folder; nil if there is none.
  package static func find(environment: [String: String] = ProcessInfo.processInfo.environment) -> FilePath? {
    folders(environment).flatMap { folder in fileNames.map { folder.appending($0) } }.first(where: \.isFile)
  }

  /// The error for weights that are needed but missing.
  package static var missing: GanError {
    .environment(
      "the weights of the Inception network are in none of: \(folders().map(\.shown).joined(separator: ", "))",
      help: "put \(fileNames[0]) of pytorch-fid there, or give it with --weights; scripts/fetch_inception.py fetches it"
    )
  }

  /// The folders that are searched, in this order.
  package static func folders(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> [FilePath] {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let data = value("XDG_DATA_HOME") ?? value("HOME").map { $0 + "/.local/share" }
    return [value("GANCTL_HOME"), data.map { $0 + "/ganctl" }].compactMap { $0.map { FilePath($0) } }
  }

  /// A converted file records the checksums of its data and of its source; the published file is recognised by its own
  /// checksum.
  private static func verify(_ path: FilePath) throws -> Bool {
    guard let file = try? SafetensorsFile(path: path) else {
      return try SHA256.digits(of: InputFile(path, .checkpoint)).hasPrefix(publishedHash)
    }
    guard let expected = file.metadata["sha256"] else { return false }
    let hash = try SHA256()
    for tensor in file.tensors { try tensor.withBytes { try hash.update($0) } }
    let found = try hash.finish()
    guard found == expected else {
      throw GanError.checkpoint(
        "its data have the checksum \(found.prefix(16))..., expected \(expected.prefix(16))...", at: path,
        help: "the file is damaged: fetch it again with scripts/fetch_inception.py")
    }
    return file.metadata["source_sha256"]?.hasPrefix(publishedHash) == true
  }
}
