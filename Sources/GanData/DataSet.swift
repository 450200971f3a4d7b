import GanBase

/// The pictures of a folder as an endless sequence of items. What an item holds depends on the options and its
/// position alone, so a run that continues from a position sees the same numbers.
package struct DataSet: Sendable {
  package let request: DataRequest
  /// Nothing random: serial order, crops from the middle, no mirroring.
  package let isTesting: Bool
  let catalogue: Catalogue
  let transform: Transform
  /// Of masks, which move with their pictures.
  let maskTransform: Transform
  /// Of side A and side B; nil where boxes are not wanted.
  let boxes: (a: SideBoxes?, b: SideBoxes?)
  /// Which sizes the networks take; nil for any.
  private(set) var sizes: NetworkNeeds.Sizes?
  /// The second data set of a model that learns from two at once, if there is one: each batch has one of it besides.
  package private(set) var second: [DataSet] = []

  /// Lists the files; their content is looked at by `checkAll` and when they are read.
  /// - Throws: `GanError` (input) for folders that do not hold what the mode needs.
  package init(_ request: DataRequest, testing: Bool = false) throws {
    let catalogue = try Catalogue(request)
    let boxes = (
      a: try request.boxes(ofB: false, catalogue.first.flatMap(\.paths)),
      b: try request.boxes(ofB: true, catalogue.second.flatMap(\.paths))
    )
    self.init(request, testing: testing, catalogue, boxes)
    if !testing { second = try [request.second].compactMap { $0 }.map { try DataSet($0) } }
    guard !request.options.dropLast || count >= request.batchSize else {
      throw GanError.input(
        "\(counted(count, "item")) \(count == 1 ? "does" : "do") not fill one batch of \(request.batchSize), and "
          + "batches that are not full are dropped",
        at: request.root, help: "use batch_size: \(count) or less")
    }
  }

  private init(
    _ request: DataRequest, testing: Bool, _ catalogue: Catalogue, _ boxes: (a: SideBoxes?, b: SideBoxes?)
  ) {
    (self.request, isTesting, self.catalogue, self.boxes) = (request, testing, catalogue, boxes)
    transform = Transform(request, testing: testing)
    maskTransform = transform.ofMasks(request.options.maskInterpolation)
  }

  /// The same files without randomness, for samples and translation.
  package func forTesting() -> DataSet { DataSet(request, testing: true, catalogue, boxes) }

  /// The same without pictures that the networks cannot take: these count as unusable.
  package func fitting(_ needs: NetworkNeeds) -> DataSet {
    var result = self
    result.sizes = needs.sizes
    result.second = second.map { $0.fitting(needs) }
    return result
  }

  /// The same for an epoch in which pictures are scaled straight to the crop; nil in other epochs.
  func scalingToCrop(in epoch: Int) -> DataSet? {
    guard let first = request.scalesToCropFrom, epoch >= first, request.options.preprocess.scalesThenCrops else {
      return nil
    }
    var request = request
    (request.scalesToCropFrom, request.options.loadSize) = (nil, request.cropSize)
    var result = DataSet(request, testing: isTesting, catalogue, boxes)
    (result.sizes, result.second) = (sizes, second)
    return result
  }

  /// Whether each input has a target that shows the same.
  package var isPaired: Bool { request.mode == .aligned || request.enlargement > 1 }

  /// Items of an epoch. Unaligned: the size of the larger side.
  package var count: Int { max(catalogue.first.count, catalogue.second.count) }

  /// Files of each side; of the only side, or the pairs, and 0.
  package var counts: (a: Int, b: Int) { (catalogue.first.count, catalogue.second.count) }

  /// Where the pictures come from, as users are told: `data/trainA + trainB`.
  package var source: String { catalogue.source }

  /// A sentence for each folder with files that are not pictures, which are skipped.
  package var skipped: [String] { catalogue.skipped }

  /// Names of the domains or attributes that labels refer to. Empty in modes without labels.
  package var domains: [String] { catalogue.domains }

  /// Batches of an epoch.
  package var batchesPerEpoch: Int { batchesPerEpoch(ofSize: request.batchSize) }

  /// The same with batches of another size.
  package func batchesPerEpoch(ofSize size: Int) -> Int {
    request.options.dropLast ? count / size : ceilDiv(count, size)
  }

  /// A number that changes when a file is added, removed or renamed: then an old position means other pictures.
  package var fingerprint: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for path in (catalogue.first + catalogue.second).flatMap(\.paths) {
      // Folder and file name: the whole may have moved.
      let last = path.components.suffix(2).map(\.bytes)
      for byte in last.joined(separator: [UInt8(ascii: "/")]) + [0] {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
    }
    for other in second { hash = (hash ^ other.fingerprint) &* 0x100_0000_01B3 }
    for hasAttribute in catalogue.attributes { hash = (hash ^ (hasAttribute ? 1 : 2)) &* 0x100_0000_01B3 }
    return hash
  }

  /// One item of the serial order, as a batch of one.
  package func item(_ index: Int) throws -> Batch {
    let position = DataPosition(epoch: 0, index: index)
    return try batch(items: [index], at: position, following: DataPosition(epoch: 0, index: index + 1))
  }

  /// The batch that begins at a position.
  /// - Throws: `GanError` (input) naming a picture that cannot be read or used.
  package func batch(at position: DataPosition) throws -> Batch {
    let position = try checked(position)
    return try batch(
      items: Array(order(epoch: position.epoch)[range(at: position)]), at: position, following: following(position))
  }
}

extension Entry {
  var paths: [FilePath] {
    switch self {
    case .picture(let path), .sideBySide(let path): return [path]
    case .pair(let a, let b): return [a, b]
    }
  }
}

// MARK: Order

extension DataSet {
  /// Items of an epoch in the order in which they are taken.
  func order(epoch: Int) -> [Int] {
    if request.options.serial || isTesting { return Array(0..<count) }
    var random = stream(epoch: epoch, item: nil)
    return random.permutation(count)
  }

  /// A separate stream for each epoch's order (`item` nil) and for each position in it.
  func stream(epoch: Int, item: Int?) -> RandomStream {
    stream(epoch: epoch, item: item, tag: 0x7069_6374_7572_6573)
  }

  /// The streams for one position of an epoch's order.
  func draws(epoch: Int, item: Int) -> ItemDraws {
    let changes = stream(epoch: epoch, item: item, tag: 0x6175_676D_656E_7473)
    return ItemDraws(places: stream(epoch: epoch, item: item), changes: changes, options: transform.augmentation)
  }

  /// - Parameter tag: keeps these streams apart from others drawn from the same seed.
  private func stream(epoch: Int, item: Int?, tag: UInt64) -> RandomStream {
    let number = UInt64(truncatingIfNeeded: epoch) << 32 | UInt64(truncatingIfNeeded: (item ?? -1) + 1)
    return RandomStream(seed: request.seed ^ tag, stream: number)
  }

  func range(at position: DataPosition) -> Range<Int> {
    position.index..<min(position.index + request.batchSize, count)
  }

  func following(_ position: DataPosition) -> DataPosition {
    let next = DataPosition(epoch: position.epoch, index: position.index + request.batchSize)
    let isOver = request.options.dropLast ? next.index + request.batchSize > count : next.index >= count
    return isOver ? DataPosition(epoch: position.epoch + 1) : next
  }

  /// Whether the data set has a batch that begins there; a position of other options may be too near to an epoch's end.
  package func hasBatch(at position: DataPosition) -> Bool { (try? checked(position)) != nil }

  /// - Throws: `GanError` (input) when there is no batch at the position, as when the files have changed.
  func checked(_ position: DataPosition) throws -> DataPosition {
    let least = request.options.dropLast ? request.batchSize : 1
    guard (0..<Int(UInt32.max)).contains(position.epoch), position.index >= 0, position.index <= count - least else {
      throw GanError.input(
        "the data set has \(counted(count, "item")); position \(position.index) of epoch \(position.epoch) is not one "
          + "of them",
        at: request.root, help: "the pictures have changed since the position was stored")
    }
    return position
  }
}
