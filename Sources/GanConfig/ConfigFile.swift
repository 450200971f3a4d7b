import Foundation
import GanBase

/// Reads the text of a configuration file; all errors name the file and a remedy.
enum ConfigFile {
  /// Configurations are much smaller, pictures and checkpoints given by mistake usually larger.
  static let largestSize = 1 << 20

  /// The name for standard input.
  static let standardInput: FilePath = "-"

  static func read(_ path: FilePath) throws -> String {
    let bytes = path == standardInput ? try readStandardInput() : try readBytes(path)
    if bytes.count > largestSize { throw tooLarge(path) }
    return try decode(bytes, name: path.shown)
  }

  /// Decodes UTF-8 text, removing a byte order mark.
  static func decode(_ bytes: Data, name: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let place = firstBadByte(bytes)
      throw GanError.usage(
        "is not UTF-8 text", at: "\(name):\(place.line):\(place.column)",
        help: "save the file with the encoding UTF-8")
    }
    return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  }

  private static func readBytes(_ path: FilePath) throws -> Data {
    switch FileStatus(path)?.kind {
    case nil where errno == ENOENT || errno == ENOTDIR:
      throw GanError.usage("there is no such configuration file", at: path, help: missingHelp(path))
    case .folder: throw GanError.usage("is a folder, not a configuration file", at: path, help: folderHelp(path))
    default: break
    }
    let file = try InputFile(path, .usage, "configuration file")
    guard file.size <= largestSize else { throw tooLarge(path) }
    return Data(try file.content())
  }

  private static func readStandardInput() throws -> Data {
    var bytes = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= largestSize {
      let count = Foundation.read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError("cannot read the configuration from the standard input", standardInput)
      }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }

  private static func tooLarge(_ path: FilePath) -> GanError {
    GanError.usage(
      "is larger than \(largestSize >> 20) MiB, so it is not a configuration file", at: path,
      help: "give a YAML file; 'ganctl init --data DIR' writes one")
  }

  private static func missingHelp(_ path: FilePath) -> String {
    if let near = suggestion(for: path.shownName, among: yamlFiles(in: path.parent).map(\.shown)) {
      return "did you mean \(path.removingLastComponent().appending(near))?"
    }
    return path.isAbsolute ? "check the path" : "check the path; it is relative to the current folder"
  }

  private static func folderHelp(_ path: FilePath) -> String {
    guard let first = yamlFiles(in: path).first else { return "give the path of a YAML file" }
    return "give a file, for instance \(path.appending(first))"
  }

  private static func yamlFiles(in folder: FilePath) -> [FilePath.Component] {
    folder.names.filter { ["yaml", "yml"].contains($0.extension) }
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
    // The longest valid prefix ends before the bad byte; a character has at most four bytes.
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
