// A path is bytes, not text: two spellings of one name in Unicode are two files, and a name need not be UTF-8
// at all. So paths are `FilePath`s everywhere, compared byte by byte, and become text only to be shown.
@_exported import struct SystemPackage.FilePath

extension FilePath {
  /// The path from bytes as the system gives them; a zero byte ends it.
  package init(bytes: some Sequence<UInt8>) {
    let units = bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    self = units.withUnsafeBufferPointer { buffer in
      // The array is never empty, so it has an address.
      buffer.baseAddress.map { FilePath(platformString: $0) } ?? FilePath()
    }
  }

  /// The path as the system takes it, without the zero at its end.
  package var bytes: [UInt8] {
    withPlatformString { text in UnsafeBufferPointer(start: text, count: length).map(UInt8.init(bitPattern:)) }
  }

  /// The path as text for people and for JSON: bytes that are not UTF-8 as `\xE9`, control characters and
  /// those that turn the direction of writing as `\n`, `\u{202E}`.
  package var shown: String { shownText(bytes) }

  /// The last component as text, or the whole path if it has none ("/", "").
  package var shownName: String { lastComponent?.shown ?? shown }

  /// The last component as a path of its own; empty if there is none ("/", "").
  package var name: FilePath { FilePath(root: nil, components.suffix(1)) }

  /// The path without the ending of its last component: `a/b` for `a/b.png`.
  package var withoutEnding: FilePath {
    var path = self
    path.extension = nil
    return path
  }

  /// The path below `folder`, which it must lie in.
  package func relative(to folder: FilePath) -> FilePath {
    var path = self
    _ = path.removePrefix(folder)
    return path
  }

  /// The folder that the path lies in; "." for a bare name.
  package var parent: FilePath {
    let folder = removingLastComponent()
    return folder.isEmpty ? "." : folder
  }

  /// The ending without the dot, in small letters: "png" for `a.PNG`, "" if there is none.
  package var ending: String { `extension`?.lowercased() ?? "" }

  /// The path with bytes put after its last one: `log` + `.tmp` is `log.tmp`.
  package func adding(suffix: String) -> FilePath { FilePath(bytes: bytes + Array(suffix.utf8)) }
}

extension Sequence<FilePath> {
  /// In the order of their bytes.
  package func sortedByBytes() -> [FilePath] {
    map { (path: $0, bytes: $0.bytes) }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map(\.path)
  }
}

extension FilePath.Component {
  /// The name as the system takes it, without the zero at its end.
  package var bytes: [UInt8] { FilePath(root: nil, [self]).bytes }

  /// The name as text for people; see `FilePath.shown`.
  package var shown: String { shownText(bytes) }
}

extension DefaultStringInterpolation {
  /// In a message a path appears as `shown`.
  package mutating func appendInterpolation(_ path: FilePath) { appendLiteral(path.shown) }

  package mutating func appendInterpolation(_ name: FilePath.Component) { appendLiteral(name.shown) }
}
