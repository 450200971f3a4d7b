import GanBase
import GanImage

/// One picture, or the two of a pair.
enum Entry: Equatable, Sendable {
  case picture(FilePath)
  case pair(a: FilePath, b: FilePath)
  /// Both in one file, A on the left.
  case sideBySide(FilePath)
}

/// The files of a data set, in their serial order.
struct Catalogue: Equatable, Sendable {
  /// Pairs, single pictures, or side A of an unaligned set.
  var first: [Entry]
  /// Side B of an unaligned set.
  var second: [Entry] = []
  /// The folders, or the list of attributes, as text.
  var source = ""
  /// A sentence for each folder with files that are not pictures.
  var skipped: [String] = []
  /// Names of domains or attributes.
  var domains: [String] = []
  /// For each entry of `first` the index of its domain.
  var labels: [Int] = []
  /// For each entry of `first` which attributes it has, one after the other.
  var attributes: [Bool] = []
  /// The masks of each picture, and what the first would be called.
  var masks: [FilePath: [FilePath]] = [:], firstMasks: [FilePath: FilePath] = [:]

  init(_ request: DataRequest) throws {
    first = []
    switch request.mode {
    case .aligned: try findPairs(request)
    case .unaligned:
      let (a, b) = try DataLayout.sides(request)
      source = together(a, b)
      first = try pictures(in: a, request)
      second = try pictures(in: b, request)
      try findMasks(of: first, in: a, request)
      try findMasks(of: second, in: b, request)
    case .domains: try findDomains(request)
    case .attributes: try findAttributes(request)
    case .single:
      let folder = try DataLayout.single(request)
      source = folder.shown
      first = try pictures(in: folder, request)
    }
  }

  /// 0 or 1 for each of `domains`; empty in modes without labels.
  func label(of index: Int) -> [Float] {
    if labels.isEmpty { return domains.indices.map { attributes[index * domains.count + $0] ? 1 : 0 } }
    return domains.indices.map { $0 == labels[index] ? 1 : 0 }
  }

  private mutating func pictures(in folder: FilePath, _ request: DataRequest) throws -> [Entry] {
    let paths = try listed(folder)
    return paths.prefix(request.options.most ?? paths.count).map(Entry.picture)
  }

  /// The pictures of a folder; what else is in it is noted.
  private mutating func listed(_ folder: FilePath) throws -> [FilePath] {
    let listing = try PictureFile.listing(folder: folder, recursive: true)
    if let text = listing.skippedText { skipped.append("\(folder): \(text)") }
    return listing.pictures
  }

  private mutating func findPairs(_ request: DataRequest) throws {
    let pairs: [Entry]
    switch try DataLayout.pairs(request) {
    case .sideBySide(let folder):
      source = folder.shown
      pairs = try listed(folder).map(Entry.sideBySide)
    case .byName((let a, let b)):
      source = together(a, b)
      pairs = try matched(a, byStem(a, listed(a)), b, byStem(b, listed(b)))
    }
    first = Array(pairs.prefix(request.options.most ?? pairs.count))
  }

  private mutating func findDomains(_ request: DataRequest) throws {
    let (folder, names) = try DataLayout.domains(request)
    (domains, source) = (names.map(\.string), folder.shown)
    for (label, name) in names.enumerated() {
      let found = try pictures(in: folder.appending(name), request)
      first += found
      labels += [Int](repeating: label, count: found.count)
    }
  }

  private mutating func findAttributes(_ request: DataRequest) throws {
    let options = request.options
    let file = try AttributeFile(path: FilePath(options.attributes ?? ""), selecting: options.selectedAttributes)
    try file.checkPictures(in: request.root)
    let (training, test) = file.split(heldOut: options.heldOut)
    let isTraining = options.phase == DataOptions.usualPhase
    let chosen = isTraining ? training : test
    guard !chosen.isEmpty else {
      let held = min(options.heldOut, file.pictures.count)
      throw GanError.input(
        "of its \(counted(file.pictures.count, "picture")) \(held) \(held == 1 ? "is" : "are") held out, which "
          + "leaves none to \(isTraining ? "train on" : "test with")", at: file.path,
        help: "change data.held_out")
    }
    (domains, source) = (file.attributes, file.path.shown)
    for index in chosen.prefix(options.most ?? chosen.count) {
      first.append(.picture(request.root.appending(file.pictures[index])))
      attributes += file.values(of: index)
    }
  }
}

/// Two folders as text, what they share once.
private func together(_ a: FilePath, _ b: FilePath) -> String {
  "\(a) + \(a.parent == b.parent ? b.shownName : b.shown)"
}

/// The pairs of two folders by name: the path inside the folder without its extension, never the position.
private func matched(
  _ folderA: FilePath, _ a: [FilePath: FilePath], _ folderB: FilePath, _ b: [FilePath: FilePath]
) throws -> [Entry] {
  var problems: [Diagnostic] = []
  for (here, there, files, others) in [(folderA, folderB, a, b), (folderB, folderA, b, a)] {
    let lonely = files.keys.filter { others[$0] == nil }.sortedByBytes()
    if lonely.isEmpty { continue }
    let examples = lonely.prefix(5).map(\.shown).joined(separator: ", ") + (lonely.count > 5 ? ", ..." : "")
    problems.append(
      Diagnostic(
        "\(lonely.count) of \(counted(files.count, "picture")) \(lonely.count == 1 ? "has" : "have") no partner of the "
          + "same name in \(there): \(examples)",
        at: here, help: "pairs are files of one name, apart from the extension; add the partners or remove these"))
  }
  if !problems.isEmpty { throw GanError(.input, problems) }
  let stems = Dictionary(uniqueKeysWithValues: a.map { ($1, $0) })
  return a.values.sortedByBytes().compactMap { path in
    stems[path].flatMap { b[$0] }.map { .pair(a: path, b: $0) }
  }
}

private func byStem(_ folder: FilePath, _ paths: [FilePath]) throws -> [FilePath: FilePath] {
  var files: [FilePath: FilePath] = [:]
  for path in paths {
    let stem = path.relative(to: folder).withoutEnding
    if let other = files.updateValue(path, forKey: stem) {
      throw GanError.input(
        "two pictures have the name \(stem): \(other) and \(path)", at: folder,
        help: "pairs are found by name without the extension; rename or remove one")
    }
  }
  return files
}
