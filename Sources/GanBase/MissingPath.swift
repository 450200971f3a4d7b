import Foundation

/// Help for paths that lead nowhere.
package enum MissingPath {
  /// A remedy for a path that does not exist: what the shell did not expand, a Windows path, or similar names.
  package static func help(_ path: FilePath) -> String {
    let text = path.shown
    if let home = expanded(text) {
      return "only the shell expands ~ and $HOME, and not within quotes or options; write \(home)"
    }
    if text.contains("$") { return "variables are expanded by the shell only; write the path itself" }
    if let linux = fromWindows(text) { return "this is a path of Windows; under WSL the same is \(linux)" }
    if let near = near(path) { return "did you mean \(near.shown)?" }
    if path.isAbsolute { return "check the path" }
    return "check the path; it is relative to \(FileManager.default.currentDirectoryPath)"
  }

  /// With the home folder in place of `~` and `$HOME`; nil if there is neither.
  private static func expanded(_ text: String) -> String? {
    for word in ["~", "$HOME", "${HOME}"] where text == word || text.hasPrefix(word + "/") {
      return (ProcessInfo.processInfo.environment["HOME"] ?? "/home/NAME") + text.dropFirst(word.count)
    }
    return nil
  }

  /// `C:\Users\me` as Linux beside Windows sees it.
  private static func fromWindows(_ text: String) -> String? {
    let slashed = text.replacing("\\", with: "/")
    guard let drive = slashed.first, drive.isASCII, drive.isLetter, slashed.dropFirst().hasPrefix(":/") else {
      return nil
    }
    return "/mnt/\(drive.lowercased())" + slashed.dropFirst(2)
  }

  /// The path with its first missing component replaced by the most similar name; nil if there is none.
  private static func near(_ path: FilePath) -> FilePath? {
    var found = FilePath(root: path.root, [])
    var rest = Array(path.components)
    while let next = rest.first, FileStatus(found.appending(next)) != nil {
      found.append(next)
      rest.removeFirst()
    }
    guard let missing = rest.first,
      let name = suggestion(
        for: missing.shown, among: (found.isEmpty ? "." : found).names.map(\.shown).filter { !$0.hasPrefix(".") })
    else {
      return nil
    }
    let candidate = rest.dropFirst().reduce(found.appending(name)) { $0.appending($1) }
    return FileStatus(candidate) != nil ? candidate : found.appending(name)
  }
}
