import GanBase
import GanModels

extension ModelBuilder {
  /// Splits an argument `FILE` or `NETWORK=FILE`.
  package func splitNetwork(from given: FilePath) -> (network: String?, path: FilePath) {
    guard let (name, path) = given.splitAtEquals, networks.contains(where: { $0.name == name }) else {
      return (nil, given)
    }
    return (name, path)
  }
}

extension FilePath {
  /// `NETWORK` and `FILE` of `NETWORK=FILE`; nil if there is no `=`.
  fileprivate var splitAtEquals: (name: String, path: FilePath)? {
    let parts = bytes.split(separator: UInt8(ascii: "="), maxSplits: 1)
    return parts.count == 2 ? (String(decoding: parts[0], as: UTF8.self), FilePath(bytes: parts[1])) : nil
  }

  /// The file of `NETWORK=FILE`, or the whole path.
  package var withoutNetwork: FilePath { splitAtEquals?.path ?? self }
}
