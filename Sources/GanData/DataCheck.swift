import GanBase
import GanImage

extension DataSet {
  /// Looks at the header of every file, so that a damaged or unsuitable one is known before training and
  /// not hours into it. Damage beyond the header shows when the picture is read.
  /// - Parameter needs: which sizes the networks take; nil for any.
  /// - Returns: notices about pictures that can be used, and, if unusable ones are to be skipped, what is wrong
  ///   with these.
  /// - Throws: `GanError` (input) with the first ten files that cannot be used and the number of the others.
  @discardableResult
  package func checkAll(_ needs: NetworkNeeds? = nil) throws -> DataReport {
    let entries = catalogue.first + catalogue.second
    let blockLength = 64
    let blocks = ceilDiv(entries.count, blockLength)
    var findings = [[Finding]](repeating: [], count: blocks)
    findings.withUnsafeMutableBufferPointer { findings in
      // Each block has its own element.
      nonisolated(unsafe) let findings = findings
      ThreadPool.shared.run(blocks) { block in
        let range = block * blockLength..<min((block + 1) * blockLength, entries.count)
        findings[block] = range.map { examine(entries[$0], isB: $0 >= catalogue.first.count) }
      }
    }
    var all = Array(findings.joined())
    if request.skipsUnusable, let needs { refuseUnfit(&all, needs) }
    var problems = all.flatMap(\.problems)
    let tolerated = request.skipsUnusable && hasUsable(all) ? problems : []
    if !tolerated.isEmpty { problems = [] }
    if problems.isEmpty { problems = unlikelyPairs(all) + missingObjects(all) }
    if problems.isEmpty, let needs { problems = unfitSizes(all.compactMap(\.final), needs) }
    if problems.isEmpty, request.batchSize > 1 { problems = unequalSizes(all.compactMap(\.final)) }
    if problems.isEmpty {
      var result = report(all, unusable: tolerated)
      for other in try second.map({ try $0.checkAll(needs) }) {
        result.unusable += other.unusable
        result.notices += other.notices
        result.groups += other.groups
      }
      return result
    }
    throw GanError(.input, firstTen(problems, of: entries.count))
  }

  private func report(_ findings: [Finding], unusable: [Diagnostic]) -> DataReport {
    let finals = findings.compactMap(\.final?.size)
    func largest(_ sizes: [PictureSize]) -> PictureSize? { sizes.max { $0.width * $0.height < $1.width * $1.height } }
    return DataReport(
      unusable: unusable, notices: notices(findings), largest: largest(finals),
      largestFile: largest(findings.flatMap(\.files)), groups: groups(findings),
      mostBoxes: findings.compactMap(\.boxes?.all).max() ?? 0, isVaried: finals.contains { $0 != finals[0] })
  }

  /// The usable pictures of each side or domain.
  private func groups(_ findings: [Finding]) -> [PictureGroup] {
    let first = findings.prefix(catalogue.first.count), second = findings.dropFirst(catalogue.first.count)
    func group(_ name: String, _ findings: some Sequence<Finding>) -> PictureGroup {
      PictureGroup(name: name, sizes: findings.filter(\.problems.isEmpty).flatMap(\.pictures))
    }
    switch request.mode {
    case .unaligned: return [group("A", first), group("B", second)]
    case .domains where !catalogue.labels.isEmpty:
      return domains.enumerated().map { label, name in
        group(name, zip(first, catalogue.labels).lazy.filter { $0.1 == label }.map(\.0))
      }
    case .aligned, .domains, .attributes, .single: return [group("", first)]
    }
  }

  /// Whether there are usable pictures to replace unusable ones, on either side.
  private func hasUsable(_ findings: [Finding]) -> Bool {
    let sides = [findings.prefix(catalogue.first.count), findings.dropFirst(catalogue.first.count)]
    return sides.allSatisfy { side in side.isEmpty || side.contains { $0.problems.isEmpty } }
  }

  /// The first ten, the help once for those that share it, and how many there are.
  private func firstTen(_ problems: [Diagnostic], of count: Int) -> [Diagnostic] {
    // "1 more" would take as many lines as the eleventh itself.
    var shown = Array(problems.count == 11 ? problems[...] : problems.prefix(10))
    for index in shown.indices.dropLast() where shown[index].help == shown[index + 1].help { shown[index].help = nil }
    let more = problems.count - shown.count
    guard more > 0 else { return shown }
    let last = shown.indices.last.flatMap { shown[$0].help }
    let isShared = problems.dropFirst(shown.count).allSatisfy { $0.help == last }
    if isShared, let index = shown.indices.last { shown[index].help = nil }
    return shown + [
      Diagnostic("and \(more) more of \(count) pictures that cannot be used", help: isShared ? last : nil)
    ]
  }

  /// What is wrong with a single picture of this size before any step; nil if nothing is.
  func unusable(_ size: PictureSize) -> Diagnostic? {
    if let centreCrop = request.centreCrop, min(size.width, size.height) < centreCrop {
      return Diagnostic(
        "is \(size.text), too small for the central crop of \(centreCrop)x\(centreCrop)",
        help: "remove it, or use a smaller centre_crop")
    }
    if !transform.fits(size) {
      let scaled = transform.scaled(size)
      return Diagnostic(
        "is \(size.text)\(scaled == size ? "" : ", \(scaled.text) when scaled,"), too small for the crop of "
          + "\(request.cropSize)x\(request.cropSize)",
        help: "remove it, use a smaller crop_size, or preprocess: resize_and_crop")
    }
    let scaled = transform.scaled(size)
    do { try PictureLimits.check(width: scaled.width, height: scaled.height) } catch {
      return Diagnostic("is \(size.text) and would be \(scaled.text) when scaled", help: "that is beyond the limits")
    }
    return nil
  }

  func unequalPair(_ a: PictureSize, _ b: PictureSize, _ path: FilePath) -> GanError {
    GanError.input(
      "the pair's pictures come out as \(a.text) and \(b.text)", at: path,
      help: "use pictures of equal size, or preprocess: resize_and_crop")
  }

  func unequalBatch(_ first: PictureSize, _ firstPath: FilePath, _ other: PictureSize, _ path: FilePath) -> GanError {
    GanError.input(
      "comes out as \(other.text), but \(firstPath) in the same batch as \(first.text)", at: path,
      help: "use batch_size 1, or a preprocess that ends in a crop")
  }
}

// MARK: All pictures together

extension DataSet {
  /// Single pictures are not side-by-side pairs: if they were silently cut in half, the model would learn nonsense.
  private func unlikelyPairs(_ findings: [Finding]) -> [Diagnostic] {
    let odd = findings.compactMap(\.unlikelyPair)
    guard !odd.isEmpty else { return [] }
    let phase = request.options.phase
    let examples = odd.prefix(3).map { "\($0.path.shownName) \($0.size.text)" }.joined(separator: ", ")
    return [
      Diagnostic(
        "\(odd.count) of \(counted(findings.count, "picture")) \(odd.count == 1 ? "is" : "are") not about twice as wide as high, "
          + "as pairs side by side are: \(examples)\(odd.count > 3 ? ", ..." : "")",
        at: "\(request.root)/\(phase)",
        help:
          "if their halves are pairs nonetheless, set data.pairs: side_by_side; pairs in files of equal names belong "
          + "into \(phase)A and \(phase)B; pictures without partners need a model of two folders, such "
          + "as cyclegan")
    ]
  }

  /// Sizes that the networks cannot take, if no crop makes them all the same.
  private func unfitSizes(_ finals: [(path: FilePath, size: PictureSize)], _ needs: NetworkNeeds) -> [Diagnostic] {
    let unfit = finals.filter { needs.sizes.problem($0.size, at: $0.path) != nil }
    let help = needs.help(unfit.map { min($0.size.width, $0.size.height) }.min() ?? 0)
    return unfit.compactMap { needs.sizes.problem($0.size, at: $0.path, help: help) }
  }

  /// Marks pictures of such sizes as unusable.
  private func refuseUnfit(_ findings: inout [Finding], _ needs: NetworkNeeds) {
    let unfit = unfitSizes(findings.compactMap(\.final), needs)
    let problems = Dictionary(unfit.map { ($0.location, $0) }, uniquingKeysWith: { first, _ in first })
    for index in findings.indices {
      guard let path = findings[index].final?.path, let problem = problems[path.shown] else { continue }
      findings[index] = Finding(problem)
    }
  }

  /// Pictures of one batch must be of one size, and any two may meet.
  private func unequalSizes(_ finals: [(path: FilePath, size: PictureSize)]) -> [Diagnostic] {
    guard let first = finals.first else { return [] }
    return finals.filter { $0.size != first.size }
      .flatMap { unequalBatch(first.size, first.path, $0.size, $0.path).diagnostics }
  }

  private func notices(_ findings: [Finding]) -> [String] {
    var pictures = PictureNotices()
    for finding in findings { pictures.add(finding.notices) }
    var masks = MaskNotices()
    for finding in findings { masks.add(finding.maskNotices) }
    var texts = catalogue.skipped + pictures.texts + masks.texts
    let enlarged = findings.flatMap(\.enlarged)
    if let smallest = enlarged.min(by: { $0.width * $0.height < $1.width * $1.height }) {
      texts.append(
        "\(isOrAre(enlarged.count)) enlarged: the smallest from \(smallest.text) to \(transform.scaled(smallest).text)")
    }
    let padded = findings.count(where: \.isPadded)
    texts += boxNotices(findings)
    if padded > 0 { texts.append("\(isOrAre(padded)) smaller than the crop on one side, and filled up with black") }
    return texts
  }

  private func isOrAre(_ count: Int) -> String { count == 1 ? "1 picture is" : "\(count) pictures are" }
}

// MARK: One picture

struct Finding {
  var problems: [Diagnostic] = []
  /// The path and size after all steps.
  var final: (path: FilePath, size: PictureSize)?
  /// A file that hardly holds two pictures.
  var unlikelyPair: (path: FilePath, size: PictureSize)?
  var notices = PictureNotices()
  var maskNotices = MaskNotices()
  /// Sizes as they are stored.
  var files: [PictureSize] = []
  /// Sizes of the pictures in them: of side-by-side pairs, of the halves.
  var pictures: [PictureSize] = []
  /// Sizes that are scaled up.
  var enlarged: [PictureSize] = []
  var isPadded = false
  /// How many boxes there are, and how many of them are too small; nil where they are not wanted.
  var boxes: (all: Int, small: Int)?

  init(_ problem: Diagnostic) { problems = [problem] }
  init() {}
}

extension DataSet {
  private func examine(_ entry: Entry, isB: Bool) -> Finding {
    var finding = Finding()
    var sizes: [PictureSize] = []
    for path in entry.paths {
      do {
        let header = try PictureFile.header(of: path)
        finding.notices.add(header, at: path)
        sizes.append(PictureSize(width: header.width, height: header.height))
        finding.files = sizes
      } catch let error as GanError {
        finding.problems = error.diagnostics
        return finding
      } catch {
        return Finding(Diagnostic("\(error)", at: path))
      }
    }
    switch entry {
    case .picture(let path):
      if let problem = unusable(sizes[0]) { return Finding(problem.located(at: path)) }
      finding.problems = examineMasks(of: path, sizes[0], &finding.maskNotices)
      if !finding.problems.isEmpty { return finding }
      finding.final = (path, transform.final(sizes[0], lenient: false))
      finding.pictures = sizes
      finding.enlarged = sizes.filter(isEnlarged)
      examineBoxes(path, sizes[0], isB: isB, &finding)
    case .pair(_, let path): examinePair(sizes[0], sizes[1], path, &finding)
    case .sideBySide(let path):
      let half = sizes[0].width / 2
      if half == 0 { return Finding(Diagnostic("one pixel wide: it has no left and right half", at: path)) }
      let right = PictureSize(width: sizes[0].width - half, height: sizes[0].height)
      if request.options.pairs == .auto, !PairLayout.ratios.contains(Double(sizes[0].width) / Double(sizes[0].height)) {
        finding.unlikelyPair = (path, sizes[0])
      }
      examinePair(PictureSize(width: half, height: sizes[0].height), right, path, &finding)
    }
    return finding
  }

  private func examinePair(_ a: PictureSize, _ b: PictureSize, _ path: FilePath, _ finding: inout Finding) {
    for size in [a, b] {
      let scaled = transform.scaled(size)
      do { try PictureLimits.check(width: scaled.width, height: scaled.height, at: path) } catch {
        return finding.problems.append(Diagnostic("would be \(scaled.text) when scaled: beyond the limits", at: path))
      }
    }
    let finalA = transform.final(a, lenient: true)
    let finalB = transform.final(b, lenient: true)
    if finalA != finalB {
      finding.problems = unequalPair(finalA, finalB, path).diagnostics
      return
    }
    finding.final = (path, finalA)
    finding.pictures = [a, b]
    finding.enlarged = [a, b].filter(isEnlarged)
    let scaled = transform.scaled(a)
    finding.isPadded = finalA.width > scaled.width || finalA.height > scaled.height
  }

  /// Beyond what the papers do, which make 286 out of 256 for random crops.
  private func isEnlarged(_ size: PictureSize) -> Bool {
    let scaled = transform.scaled(size)
    let (width, height) = request.centreCrop.map { ($0, $0) } ?? (size.width, size.height)
    return Double(scaled.width) > 1.25 * Double(width) && Double(scaled.height) > 1.25 * Double(height)
  }
}

extension Diagnostic {
  func located(at path: FilePath) -> Diagnostic { Diagnostic(message, at: path, help: help) }
}

extension PictureSize {
  var text: String { "\(width)x\(height)" }
}
