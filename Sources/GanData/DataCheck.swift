import GanBase
import GanImage

extension DataSet {
  /// Looks at the header of every file, so that a damaged or unsuitable one is known before training and
  /// not hours into it. Damage beyond the header shows when the picture is read.
  /// - Returns: where unusable pictures are to be skipped, what is wrong with them.
  /// - Throws: `GanError` (input) with the first ten files that cannot be used and the number of the others.
  @discardableResult
  public func checkAll() throws -> [Diagnostic] {
    let entries = catalogue.first + catalogue.second
    let blockLength = 64
    let blocks = (entries.count + blockLength - 1) / blockLength
    var findings = [[Finding]](repeating: [], count: blocks)
    findings.withUnsafeMutableBufferPointer { findings in
      nonisolated(unsafe) let findings = findings
      ThreadPool.shared.run(blocks) { block in
        let range = block * blockLength..<min((block + 1) * blockLength, entries.count)
        findings[block] = entries[range].map { examine($0) }
      }
    }
    let all = findings.joined()
    var problems = all.flatMap(\.problems)
    let bad = all.count { !$0.problems.isEmpty }
    let tolerated = options.skipsUnusable && bad < entries.count ? problems : []
    if !tolerated.isEmpty { problems = [] }
    if problems.isEmpty, options.batchSize > 1 { problems = unequalSizes(all.compactMap(\.final)) }
    if problems.isEmpty { return tolerated }
    let more = problems.count - 10
    throw GanError(
      .input,
      Array(problems.prefix(10)) + (more > 0 ? [Diagnostic("and \(more) more pictures that cannot be used")] : []))
  }

  /// What is wrong with a picture that stands alone, of this size before any step; nil when nothing is.
  func unusable(_ size: PictureSize) -> Diagnostic? {
    if let centreCrop = options.centreCrop, min(size.width, size.height) < centreCrop {
      return Diagnostic(
        "is \(size.text), too small for the central crop of \(centreCrop)x\(centreCrop)",
        help: "remove it, or use a smaller centre_crop")
    }
    if !transform.fits(size) {
      let scaled = transform.scaled(size)
      return Diagnostic(
        "is \(size.text)\(scaled == size ? "" : ", \(scaled.text) when scaled,"), too small for the crop of "
          + "\(options.cropSize)x\(options.cropSize)",
        help: "remove it, use a smaller crop_size, or preprocess: resize_and_crop")
    }
    let scaled = transform.scaled(size)
    do { try PictureLimits.check(width: scaled.width, height: scaled.height) } catch {
      return Diagnostic("is \(size.text) and would be \(scaled.text) when scaled", help: "that is beyond the limits")
    }
    return nil
  }

  func unequalPair(_ a: PictureSize, _ b: PictureSize, _ path: String) -> GanError {
    GanError.input(
      "the pair's pictures come out as \(a.text) and \(b.text)", at: path,
      help: "use pictures of equal size, or preprocess: resize_and_crop")
  }

  func unequalBatch(_ first: PictureSize, _ firstPath: String, _ other: PictureSize, _ path: String) -> GanError {
    GanError.input(
      "comes out as \(other.text), but \(firstPath) in the same batch as \(first.text)", at: path,
      help: "use batch_size 1, or a preprocess that ends in a crop")
  }
}

private struct Finding {
  var problems: [Diagnostic] = []
  /// The path and size after all steps.
  var final: (path: String, size: PictureSize)?
}

extension DataSet {
  private func examine(_ entry: Entry) -> Finding {
    var sizes: [PictureSize] = []
    for path in entry.paths {
      do {
        let header = try PictureFile.header(of: path)
        sizes.append(PictureSize(width: header.width, height: header.height))
      } catch let error as GanError {
        return Finding(problems: error.diagnostics)
      } catch {
        return Finding(problems: [Diagnostic("\(error)", at: path)])
      }
    }
    switch entry {
    case .picture(let path):
      if let problem = unusable(sizes[0]) { return Finding(problems: [problem.located(at: path)]) }
      return Finding(final: (path, transform.final(sizes[0], lenient: false)))
    case .pair(_, let path): return examinePair(sizes[0], sizes[1], path)
    case .sideBySide(let path):
      let half = sizes[0].width / 2
      if half == 0 { return Finding(problems: [Diagnostic("one pixel wide: it has no left and right half", at: path)]) }
      let right = PictureSize(width: sizes[0].width - half, height: sizes[0].height)
      return examinePair(PictureSize(width: half, height: sizes[0].height), right, path)
    }
  }

  private func examinePair(_ a: PictureSize, _ b: PictureSize, _ path: String) -> Finding {
    for size in [a, b] {
      let scaled = transform.scaled(size)
      do { try PictureLimits.check(width: scaled.width, height: scaled.height, at: path) } catch {
        return Finding(problems: [Diagnostic("would be \(scaled.text) when scaled: beyond the limits", at: path)])
      }
    }
    let finalA = transform.final(a, lenient: true)
    let finalB = transform.final(b, lenient: true)
    if finalA != finalB { return Finding(problems: unequalPair(finalA, finalB, path).diagnostics) }
    return Finding(final: (path, finalA))
  }

  /// Pictures of one batch must be of one size, and any two may meet.
  private func unequalSizes(_ finals: [(path: String, size: PictureSize)]) -> [Diagnostic] {
    guard let first = finals.first else { return [] }
    return finals.filter { $0.size != first.size }
      .flatMap { unequalBatch(first.size, first.path, $0.size, $0.path).diagnostics }
  }
}

extension Diagnostic {
  func located(at path: String) -> Diagnostic { Diagnostic(message, at: path, help: help) }
}

extension PictureSize {
  var text: String { "\(width)x\(height)" }
}
