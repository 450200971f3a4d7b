import Foundation
import GanBase

/// Reads the text of a configuration file; every way in which that fails names the file and a remedy.
enum ConfigFile {
  /// No sensible configuration comes near this; pictures and checkpoints given by mistake do.
  static let largestSize = 1 << 20

  static func read(_ path: String) throws -> String {
    let bytes = try readBytes(path)
    guard bytes.count <= largestSize else {
      throw GanError.usage(
        "is larger than \(largestSize >> 20) MiB, so it is no configuration file", at: path,
        help: "give a YAML file; 'ganctl init --data DIR' writes one")
    }
    return try decode(bytes, name: path)
  }

  /// UTF-8 text without a byte order mark.
  static func decode(_ bytes: Data, name: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let place = firstBadByte(bytes)
      throw GanError.usage(
        "is not UTF-8 text", at: "\(name):\(place.line):\(place.column)",
        help: "save the file with the encoding UTF-8")
    }
    return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  private static func readBytes(_ path: String) throws -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw cannotRead(path) }
    defer { close(descriptor) }
    var bytes = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= largestSize {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw cannotRead(path)
      }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }

  private static func cannotRead(_ path: String) -> GanError {
    let reason = errno
    switch reason {
    case ENOENT, ENOTDIR:
      return .usage("there is no such configuration file", at: path, help: missingHelp(path))
    case EISDIR:
      return .usage("is a folder, not a configuration file", at: path, help: folderHelp(path))
    default:
      let help = reason == EACCES ? "allow reading it, for instance with: chmod u+r FILE" : nil
      return .usage("cannot read the configuration file: \(String(cString: strerror(reason)))", at: path, help: help)
    }
  }

  private static func missingHelp(_ path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    let name = (path as NSString).lastPathComponent
    let siblings = yamlFiles(in: folder.isEmpty ? "." : folder)
    if let near = suggestion(for: name, among: siblings) {
      return "did you mean \((folder as NSString).appendingPathComponent(near))?"
    }
    return path.hasPrefix("/") ? "check the path" : "check the path; it is relative to the current folder"
  }

  private static func folderHelp(_ path: String) -> String {
    guard let first = yamlFiles(in: path).first else { return "give the path of a YAML file" }
    return "give a file, for instance \((path as NSString).appendingPathComponent(first))"
  }

  private static func yamlFiles(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
  }

  /// Line and column (in bytes) of the first byte that cannot be part of UTF-8 text.
  private static func firstBadByte(_ bytes: Data) -> (line: Int, column: Int) {
    var line = 1
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A), String(validating: bytes[start..<end], as: UTF8.self) != nil {
      line += 1
      start = end + 1
    }
    let rest = bytes[start...].prefix { $0 != 0x0A }
    // The longest prefix that is fine ends before the bad byte; a character has at most four bytes.
    var column = 1
    var position = rest.startIndex
    while position < rest.endIndex {
      guard
        let length = (1...4).first(where: { length in
          position + length <= rest.endIndex
            && String(validating: rest[position..<(position + length)], as: UTF8.self) != nil
        })
      else { break }
      position += length
      column += 1
    }
    return (line, column)
  }
}
