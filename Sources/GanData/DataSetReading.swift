import GanBase
import GanImage

/// One item, transformed.
private struct Item {
  var a: Picture
  var b: Picture?
  var pathA: FilePath
  var pathB: FilePath?
}

extension DataSet {
  func batch(
    items: [Int], at position: DataPosition, following: DataPosition, unless isStopped: () -> Bool = { false }
  ) throws -> Batch {
    if let other = scalingToCrop(in: position.epoch) {
      return try other.batch(items: items, at: position, following: following, unless: isStopped)
    }
    var (read, used, skipped): ([Item], [Int], [Diagnostic]) = ([], [], [])
    for (offset, item) in items.enumerated() {
      if isStopped() { throw CancellationError() }
      let place = position.index + offset
      var random = stream(epoch: position.epoch, item: place)
      do {
        read.append(try self.read(item, &random))
        used.append(item)
      } catch let error as GanError where request.skipsUnusable && error.code == .input {
        let other = try substitute(at: place, epoch: position.epoch, error, unless: isStopped)
        read.append(other.item)
        used.append(other.number)
        skipped += error.diagnostics.prefix(1)
      }
    }
    return Batch(
      a: try joined(read.map { ($0.a, $0.pathA) }),
      b: read[0].b == nil ? nil : try joined(read.compactMap { item in item.b.map { ($0, item.pathB ?? item.pathA) } }),
      pathsA: read.map(\.pathA), pathsB: read.compactMap(\.pathB),
      labels: catalogue.domains.isEmpty ? [] : used.map(catalogue.label),
      direction: request.options.direction, position: position, following: following, skipped: skipped)
  }

  /// For an item that cannot be used, the next one of the epoch's order that can. Which one depends on the files and
  /// the place alone, so a resumed run takes the same.
  /// - Throws: `error`, which was the item's own, if there is none.
  private func substitute(
    at place: Int, epoch: Int, _ error: GanError, unless isStopped: () -> Bool
  ) throws -> (item: Item, number: Int) {
    let order = order(epoch: epoch)
    for step in 1...max(count, 2) {
      if isStopped() { throw CancellationError() }
      let number = order[(place + step) % count]
      // Other draws than the item's, which may have met an unusable partner.
      var random = stream(epoch: epoch, item: (place + step * count) & 0x7FFF_FFFF)
      do {
        return (try read(number, &random), number)
      } catch let other as GanError where other.code == .input { continue }
    }
    throw error
  }

  private func read(_ number: Int, _ random: inout RandomStream) throws -> Item {
    let item = try transformed(number, &random)
    guard let sizes else { return item }
    for (picture, path) in [(item.a, item.pathA), (item.b ?? item.a, item.pathB ?? item.pathA)] {
      let help = "use preprocess: resize_and_crop, or scale the picture"
      if let problem = sizes.problem(picture.size, at: path, help: help) { throw GanError(.input, [problem]) }
    }
    return item
  }

  private func transformed(_ item: Int, _ random: inout RandomStream) throws -> Item {
    let entry = catalogue.first[item % catalogue.first.count]
    switch entry {
    case .pair(let a, let b):
      return try paired(PictureFile.read(a), PictureFile.read(b), a, b, &random)
    case .sideBySide(let path):
      guard let halves = try PictureFile.read(path).halves() else {
        throw GanError.input("one pixel wide: it has no left and right half", at: path)
      }
      return try paired(halves.left, halves.right, path, path, &random)
    case .picture(let path):
      var partner: FilePath?
      if !catalogue.second.isEmpty {
        let isSerial = request.options.serial || isTesting
        let number = isSerial ? item % catalogue.second.count : random.below(catalogue.second.count)
        partner = catalogue.second[number].paths[0]
      }
      let a = try alone(path, channels: partner == nil ? request.inputChannels : request.channels.a, &random)
      let b = try partner.map { try alone($0, channels: request.channels.b, &random) }
      return Item(a: a, b: b, pathA: path, pathB: partner)
    }
  }

  /// One crop and one mirroring for both.
  private func paired(
    _ a: Picture, _ b: Picture, _ pathA: FilePath, _ pathB: FilePath, _ random: inout RandomStream
  ) throws -> Item {
    let draw = transform.draw(a.size, paired: true, &random)
    let channels = request.channels
    let item = Item(
      a: try transform.apply(a, channels: channels.a, draw, lenient: true),
      b: try transform.apply(b, channels: channels.b, draw, lenient: true), pathA: pathA, pathB: pathB)
    if let b = item.b, b.size != item.a.size { throw unequalPair(item.a.size, b.size, pathB) }
    return item
  }

  private func alone(_ path: FilePath, channels: Int, _ random: inout RandomStream) throws -> Picture {
    let picture = try PictureFile.read(path)
    if let problem = unusable(picture.size) { throw GanError(.input, [problem.located(at: path)]) }
    let draw = transform.draw(picture.size, paired: false, &random)
    return try transform.apply(picture, channels: channels, draw, lenient: false)
  }

  private func joined(_ pictures: [(Picture, FilePath)]) throws -> PictureBatch {
    let first = pictures[0].0
    let size = first.pixels.count
    for (picture, path) in pictures where picture.size != first.size {
      throw unequalBatch(first.size, pictures[0].1, picture.size, path)
    }
    let values = [Float](unsafeUninitializedCapacity: pictures.count * size) { out, filled in
      for (index, (picture, _)) in pictures.enumerated() {
        picture.normalize(into: UnsafeMutableBufferPointer(rebasing: out[index * size..<(index + 1) * size]))
      }
      filled = pictures.count * size
    }
    return PictureBatch(
      count: pictures.count, height: first.height, width: first.width, channels: first.channels, values: values)
  }
}

extension Picture {
  var size: PictureSize { PictureSize(width: width, height: height) }
}
