import GanBase
import GanImage

/// One item, transformed.
private struct Item {
  var a: TrainingPicture
  var b: TrainingPicture?
  var masksA: [TrainingPicture] = [], masksB: [TrainingPicture] = []
  var pathA: FilePath
  var pathB: FilePath?
  var boxesA: [Box]?
  var boxesB: [Box]?
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
      var draws = draws(epoch: position.epoch, item: place)
      do {
        read.append(try self.read(item, &draws))
        used.append(item)
      } catch let error as GanError where request.skipsUnusable && error.code == .input {
        let other = try substitute(at: place, epoch: position.epoch, error, unless: isStopped)
        read.append(other.item)
        used.append(other.number)
        skipped += error.diagnostics.prefix(1)
      }
    }
    let number = position.epoch * batchesPerEpoch + position.index / request.batchSize
    let second = try second.map { try $0.batch(number: number, unless: isStopped) }
    var batch = Batch(
      second: second, a: try joined(read.map { ($0.a, $0.pathA) }),
      b: read[0].b == nil ? nil : try joined(read.compactMap { item in item.b.map { ($0, item.pathB ?? item.pathA) } }),
      pathsA: read.map(\.pathA), pathsB: read.compactMap(\.pathB),
      labels: catalogue.domains.isEmpty ? [] : used.map(catalogue.label),
      direction: request.options.direction, position: position, following: following, skipped: skipped)
    if request.hasMasks, let b = read[0].b {
      batch.masksA = joined(masks: read.map(\.masksA), read[0].a.size)
      batch.masksB = joined(masks: read.map(\.masksB), b.size)
    }
    if boxes.a != nil { batch.boxesA = read.map { $0.boxesA ?? [] } }
    if boxes.b != nil { batch.boxesB = read.map { $0.boxesB ?? [] } }
    return batch
  }

  /// The batch of that number, from 0 at the beginning of the first epoch.
  private func batch(number: Int, unless isStopped: () -> Bool) throws -> Batch {
    let (epoch, index) = number.quotientAndRemainder(dividingBy: batchesPerEpoch)
    let position = DataPosition(epoch: epoch, index: index * request.batchSize)
    return try batch(
      items: Array(order(epoch: epoch)[range(at: position)]), at: position, following: following(position),
      unless: isStopped)
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
      var draws = draws(epoch: epoch, item: (place + step * count) & 0x7FFF_FFFF)
      do {
        return (try read(number, &draws), number)
      } catch let other as GanError where other.code == .input { continue }
    }
    throw error
  }

  private func read(_ number: Int, _ draws: inout ItemDraws) throws -> Item {
    let item = try transformed(number, &draws)
    guard let sizes else { return item }
    // Inputs that are made from pictures fit where these do.
    if request.enlargement > 1 {
      if let problem = sizes.problem(item.b?.size ?? item.a.size, at: item.pathA) { throw GanError(.input, [problem]) }
      return item
    }
    for (picture, path) in [(item.a, item.pathA), (item.b ?? item.a, item.pathB ?? item.pathA)] {
      let help = "use preprocess: resize_and_crop, or scale the picture"
      if let problem = sizes.problem(picture.size, at: path, help: help) { throw GanError(.input, [problem]) }
    }
    return item
  }

  private func transformed(_ item: Int, _ draws: inout ItemDraws) throws -> Item {
    let entry = catalogue.first[item % catalogue.first.count]
    switch entry {
    case .pair(let a, let b):
      return try paired(PictureFile.read(a), PictureFile.read(b), a, b, &draws)
    case .sideBySide(let path):
      guard let halves = try PictureFile.read(path).halves() else {
        throw GanError.input("one pixel wide: it has no left and right half", at: path)
      }
      return try paired(halves.left, halves.right, path, path, &draws)
    case .picture(let path) where request.enlargement > 1:
      let sharp = try alone(path, channels: request.channels.b, isB: true, &draws).picture
      return Item(
        a: .exact(try sharp.reduced(by: request.enlargement, channels: request.channels.a)), b: sharp, pathA: path,
        pathB: path)
    case .picture(let path):
      var partner: FilePath?
      if !catalogue.second.isEmpty {
        let isSerial = request.options.serial || isTesting
        let number = isSerial ? item % catalogue.second.count : draws.places.below(catalogue.second.count)
        partner = catalogue.second[number].paths[0]
      }
      let a = try alone(path, channels: partner == nil ? request.inputChannels : request.channels.a, isB: false, &draws)
      let b = try partner.map { try alone($0, channels: request.channels.b, isB: true, &draws) }
      return Item(
        a: a.picture, b: b?.picture, masksA: a.masks, masksB: b?.masks ?? [], pathA: path, pathB: partner,
        boxesA: a.boxes, boxesB: b?.boxes)
    }
  }

  /// One crop, one mirroring and the same random changes for both.
  private func paired(
    _ a: Picture, _ b: Picture, _ pathA: FilePath, _ pathB: FilePath, _ draws: inout ItemDraws
  ) throws -> Item {
    let draw = transform.draw(a.size, paired: true, &draws.places), change = draws.change()
    func applied(_ picture: Picture, channels: Int, isB: Bool) throws -> TrainingPicture {
      try transform.apply(
        picture, channels: channels, draw, isB ? change?.withOtherNoise : change,
        changesColours: transform.augmentation.changesColours(ofB: isB), lenient: true)
    }
    let channels = request.channels
    let item = Item(
      a: try applied(a, channels: channels.a, isB: false), b: try applied(b, channels: channels.b, isB: true),
      pathA: pathA, pathB: pathB)
    if let b = item.b, b.size != item.a.size { throw unequalPair(item.a.size, b.size, pathB) }
    return item
  }

  private func alone(
    _ path: FilePath, channels: Int, isB: Bool, _ draws: inout ItemDraws
  ) throws -> (picture: TrainingPicture, masks: [TrainingPicture], boxes: [Box]?) {
    let picture = try PictureFile.read(path)
    if let problem = unusable(picture.size) { throw GanError(.input, [problem.located(at: path)]) }
    let draw = transform.draw(picture.size, paired: false, &draws.places), change = draws.change()
    let boxes = try (isB ? boxes.b : boxes.a)?.boxes(of: path, picture.size)
    let changed = try transform.apply(
      picture, channels: channels, draw, change, changesColours: transform.augmentation.changesColours(ofB: isB),
      lenient: false)
    return (
      changed, request.hasMasks ? try masks(of: path, picture.size, draw, change) : [],
      boxes.map { transform.places(of: $0, in: picture.size, draw) }
    )
  }

  private func joined(_ pictures: [(TrainingPicture, FilePath)]) throws -> PictureBatch {
    let first = pictures[0].0
    let shape = first.size, size = shape.width * shape.height * first.channels
    for (picture, path) in pictures where picture.size != shape {
      throw unequalBatch(shape, pictures[0].1, picture.size, path)
    }
    let values = [Float](unsafeUninitializedCapacity: pictures.count * size) { out, filled in
      for (index, (picture, _)) in pictures.enumerated() {
        picture.normalize(into: UnsafeMutableBufferPointer(rebasing: out[index * size..<(index + 1) * size]))
      }
      filled = pictures.count * size
    }
    return PictureBatch(
      count: pictures.count, height: shape.height, width: shape.width, channels: first.channels, values: values)
  }
}

extension Picture {
  var size: PictureSize { PictureSize(width: width, height: height) }
}
