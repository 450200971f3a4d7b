import Foundation
import GanBase
import GanImage

/// The error for missing folders that a mode needs: what is wanted, what was found, and what may be meant.
struct MissingLayout {
  private let request: DataRequest
  private let root: FilePath
  private let phase: String
  /// The subfolders of root.
  private let names: [String]

  init(_ request: DataRequest) {
    (self.request, root, phase) = (request, request.root, request.options.phase)
    names = ((try? PictureFile.subfolders(of: request.root)) ?? []).map(\.string)
  }

  /// - Returns: `GanError` (input) at the first folder of the path that is missing.
  var error: GanError {
    guard root.isFolder else {
      if FileStatus(root) != nil {
        return .input("is a file, not a folder", at: root, help: "name the folder of the data set")
      }
      return .input("there is no such folder", at: root, help: MissingPath.help(root))
    }
    return .input(
      "has \(lacking); it has \(names.isEmpty ? "no subfolders" : list(names))", at: root,
      help: meant ?? "make what is missing, or give another folder in data.root")
  }

  func noDomains(in folder: FilePath, _ names: [String]) -> GanError {
    let phases = names.filter(DataLayout.isPhase)
    if !phases.isEmpty, folder == root {
      return .input(
        "has no folder \(phase), and \(list(phases)) "
          + (phases.count == 1 ? "is no domain but a part of a data set" : "are no domains but parts of a data set"),
        at: folder, help: "make \(root.appending(phase))/NAME for each domain")
    }
    if names.isEmpty, let list = AttributeFile.find(near: root) {
      return .input(
        "has no subfolders; a folder for each domain is needed, at least two", at: folder,
        help: "for its list of attributes set data.attributes: \(list)")
    }
    return .input(
      "has \(names.isEmpty ? "no subfolders" : "only one subfolder, \(names[0])"); at least two domains are needed",
      at: folder, help: "put the pictures of each domain into a subfolder of its own, or give data.attributes")
  }

  /// All below a domain's folder would be trained on, test pictures too.
  func phaseBelow(_ domain: FilePath.Component, _ part: FilePath.Component, in folder: FilePath) -> GanError {
    .input(
      "has the folder \(part.shown), but parts of a data set go above domains", at: folder.appending(domain),
      help: "put the pictures into \(root.appending(part).appending(domain).shown)")
  }

  // MARK: Words

  private var lacking: String {
    let together = "folder \(phase) of pairs side by side"
    let apart = "with pictures of equal names"
    switch request.mode {
    case .aligned where request.options.pairs == .sideBySide: return "no \(together)"
    case .aligned where request.options.pairs == .byName: return "no folders \(phase)A and \(phase)B \(apart)"
    case .aligned: return "neither a \(together) nor \(phase)A and \(phase)B \(apart)"
    case .unaligned:
      let missing = ["A", "B"].map { phase + $0 }.filter { !names.contains($0) }
      return missing.count == 1 ? "no folder \(missing[0])" : "no folders \(phase)A and \(phase)B"
    case .domains: return "no folder \(phase) with a subfolder for each domain"
    case .attributes, .single: return "no folder \(phase)"
    }
  }

  private func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { FilePath($0).shown }
    if names.count > shown.count { return shown.joined(separator: ", ") + ", ..." }
    return shown.count < 2 ? shown.joined() : shown.dropLast().joined(separator: ", ") + " and " + (shown.last ?? "")
  }

  // MARK: What may be meant

  private var meant: String? {
    if hasSides, let (a, b) = similarSides {
      return "set data.folder_a: \(a) and data.folder_b: \(b), or rename them to \(phase)A and \(phase)B"
    }
    if let root = otherRoot { return "did you mean data.root: \(root)?" }
    if request.mode == .unaligned, names.contains(phase) {
      return
        "for pairs side by side in \(phase) set data.mode: aligned; two kinds of pictures belong into \(phase)A and "
        + "\(phase)B"
    }
    if let other = otherPhase { return "did you mean the phase \(other)?" }
    return nil
  }

  private var hasSides: Bool {
    request.mode == .unaligned || (request.mode == .aligned && request.options.pairs != .sideBySide)
  }

  /// Two folders that differ from the wanted ones in spelling, or are named by side and phase one below the other.
  private var similarSides: DataLayout.Sides? {
    let places =
      names
      + [phase, "A", "B", "a", "b"].flatMap { outer -> [String] in
        guard names.contains(outer) else { return [] }
        return ((try? PictureFile.subfolders(of: root.appending(outer))) ?? []).map { "\(outer)/\($0.string)" }
      }
    func side(_ letter: String) -> String? {
      let wanted = [phase + letter, letter + phase].map { $0.lowercased() }
      return places.first { wanted.contains($0.lowercased().filter { $0.isLetter || $0.isNumber }) }
        ?? names.first { $0.lowercased() == letter.lowercased() }
    }
    guard let a = side("A"), let b = side("B") else { return nil }
    return (root.appending(a), root.appending(b))
  }

  /// A folder one level below or above that has what is wanted.
  private var otherRoot: FilePath? {
    return (names.map { root.appending($0) } + [root.parent]).first { folder in
      var request = request
      request.options.root = folder.string
      return isComplete(request)
    }
  }

  /// Another phase whose folders are there, the most similar first.
  private var otherPhase: String? {
    let letters = request.mode == .unaligned ? ["A"] : request.mode == .aligned ? ["", "A"] : [""]
    let phases = letters.flatMap { letter in
      names.filter { $0.hasSuffix(letter) }.map { String($0.dropLast(letter.count)) }
    }
    let complete = phases.filter { phase in
      var request = request
      request.options.phase = phase
      return !phase.isEmpty && isComplete(request)
    }
    return suggestion(for: phase, among: complete) ?? complete.first(where: DataLayout.isPhase)
  }

  /// Without regard to what is in the folders.
  private func isComplete(_ request: DataRequest) -> Bool {
    guard DataLayout.has(request.options.phase, request) else { return false }
    return request.mode != .domains || DataLayout.hasDomains(request.root.appending(request.options.phase))
  }
}
