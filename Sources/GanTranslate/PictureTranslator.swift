import GanBase
import GanData
import GanImage
import GanModels
import GanNN
import GanTensor
import GanWeights
import Synchronization

/// Translates pictures of any size, also several at a time.
///
/// A picture is padded by reflection at the right and the bottom to a size that the generator takes, and the result is
/// cropped to the picture's size, or to a multiple of it if the model enlarges pictures. Models that use batch
/// statistics, such as pix2pix, use those of the single picture.
package final class PictureTranslator {
  private let model: any ImageTranslator
  /// The checkpoint, for error messages.
  let path: FilePath
  let options: TranslationOptions
  package let target: TranslationTarget
  private let memory: MemoryEstimate
  let modelName: String
  /// The styles that all pictures share; nil if each has its own.
  private(set) var styles: [(name: String, values: Tensor)]?

  /// - Throws: `GanError`: (usage) for a direction or styles that the model does not have, (input) for an example
  ///   picture that cannot be read, (checkpoint) for styles that do not fit, or if a network needed has random weights.
  package init(_ trained: TrainedModel, _ options: TranslationOptions = TranslationOptions()) throws {
    (model, path, modelName) = (trained.model, trained.path, trained.info.name)
    self.options = options
    target = options.target ?? trained.defaultTarget
    _ = try model.generator(for: target)
    try options.bound.check()
    try Self.checkBoxes(trained, options, target)
    let extras = TranslationExtras(
      hasStyle: options.styles?.hasExamples == true, reconstructs: options.reconstructs, hasBoxes: options.boxes != nil)
    memory = MemoryEstimate(options.bound, enlargement: model.inputs.enlargement) { [target] in
      try trained.bytesOfTranslation($0, $1, to: target, extras)
    }
    try trained.load(for: target, extras)
    styles = try OutOfMemory.guarding { try Self.styles(trained, options, target, self) }
    if options.reconstructs, !(model is any CyclicTranslator) {
      throw GanError.usage(
        "option --reconstruct: \(trained.info.name) does not translate back",
        help: "these do: \(Registry.cyclicNames.joined(separator: ", "))")
    }
    if let missing = try trained.missing(for: target, extras) {
      throw missing.error("cannot translate \(target)", at: path)
    }
  }

  private static func checkBoxes(
    _ trained: TrainedModel, _ options: TranslationOptions, _ target: TranslationTarget
  ) throws {
    guard options.boxes != nil else { return }
    let model = trained.model as? any InstanceTranslator
    guard let model, model.looksAtObjects(to: target) else {
      let what = model == nil ? "" : " \(target)"
      throw GanError.usage(
        "option --boxes: \(trained.info.name) translates\(what) without looking at objects", help: "leave it out")
    }
  }

  var reconstructs: Bool { options.reconstructs }

  /// Channels of input and output pictures.
  var channels: (input: Int, output: Int) {
    target == .bToA ? (model.inputs.channels.b, model.inputs.channels.a) : model.inputs.channels
  }

  /// The size to which a picture of this size is scaled before padding.
  func scaledSize(_ size: PictureSize) -> PictureSize { options.size?.of(size) ?? size }

  /// How many times as high and as wide as a picture its result is.
  var enlargement: Int { model.inputs.enlargement }

  /// The size of the result for a picture of this size.
  func resultSize(of size: PictureSize) -> PictureSize {
    (options.restoresSize ? size : scaledSize(size)).enlarged(enlargement)
  }

  /// The picture in the size for the network, before padding.
  func scaled(_ picture: Picture) throws -> Picture {
    let size = scaledSize(picture.size), result = size.enlarged(enlargement)
    try PictureLimits.check(width: result.width, height: result.height)
    guard size != picture.size else { return picture }
    try PictureLimits.check(width: size.width, height: size.height)
    return try picture.resized(width: size.width, height: size.height)
  }

  /// An input in the size of its result.
  func prepared(_ picture: Picture) throws -> Picture { try picture.resized(resultSize(of: picture.size)) }

  /// A target in the size of the result.
  func prepared(target picture: Picture) throws -> Picture {
    let input = PictureSize(width: picture.width / enlargement, height: picture.height / enlargement)
    return try picture.resized(resultSize(of: input))
  }

  /// The translation of a picture. Pixel values are (x + 1) / 2 * 255, rounded or truncated like the model's official
  /// program does.
  /// - Parameter name: determines the random draws together with the seed, so that a picture's translation does not
  ///   depend on which others are translated.
  /// - Parameter goal: replaces `target`.
  /// - Throws: `GanError`: (checkpoint) if the model computes numbers that are not finite, (environment) if memory runs
  ///   out.
  package func translate(_ picture: Picture, name: String, to goal: TranslationTarget? = nil) throws -> Picture {
    try translations(of: picture, name: name, to: goal)[0].picture
  }

  /// Translations of frames of a video, with the same random draws. If there are several, each is computed by a thread of
  /// its own.
  /// - Throws: as `translate`.
  package func translate(frames: [Picture]) throws -> [Picture] {
    guard frames.count > 1 else { return try frames.map { try translate($0, name: "") } }
    let results = Mutex([Result<Picture, any Error>?](repeating: nil, count: frames.count))
    ThreadPool.shared.run(frames.count) { index in
      let result = Result { try self.translations(of: frames[index], name: "", isOneOfMany: true)[0].picture }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { $0 }.compactMap { try $0?.get() }
  }

  /// One translation for each style in `options.styles`. The first ones do not depend on how many follow.
  /// - Parameters:
  ///   - origin: where the picture is from, for models of several domains that translate it back.
  ///   - masks: of the picture's size, for models that translate them too.
  ///   - boxes: of objects, in the picture's pixels, for a model that looks at them.
  ///   - isOneOfMany: whether others are translated at the same time, for which `hasMemory` is known to hold.
  package func translations(
    of picture: Picture, name: String, to goal: TranslationTarget? = nil, from origin: TranslationTarget? = nil,
    masks: [Picture] = [], boxes: [Box] = [], isOneOfMany: Bool = false
  ) throws -> [Translation] {
    let scaled = try scaled(picture.converted(channels: channels.input)), masks = try masks.map(self.scaled)
    let factors = (
      Double(scaled.width) / Double(picture.width), Double(scaled.height) / Double(picture.height)
    )
    let places = boxes.map { $0.scaled(factors.0, factors.1) }
    func translations() throws -> [Translation] {
      try OutOfMemory.guarding { try self.translations(scaled: scaled, of: picture, name, goal, origin, masks, places) }
    }
    guard !isOneOfMany,
      case .inFiles(let folder, _, let bound) = try memory.way(computedSize(of: picture.size), at: nil, isRead: true)
    else { return try translations() }
    return try FileMemory.shared.within(bound, files: folder, translations)
  }

  private func translations(
    scaled: Picture, of picture: Picture, _ name: String, _ goal: TranslationTarget?, _ origin: TranslationTarget?,
    _ masks: [Picture] = [], _ boxes: [Box] = []
  ) throws -> [Translation] {
    let sizes = model.inputs.sizeRule, target = goal ?? target, pass = pass(name)
    let alone = tensor(scaled, sizes), own = masks.map { tensor($0, sizes) }
    let input = own.isEmpty ? alone : .concatenated([alone] + own, axis: 3)
    return try Tape.paused {
      try outputs(input, target, pass, boxes).map { output in
        let size = scaled.size.enlarged(enlargement)
        let result = try restored(self.picture(output, size, 0..<channels.output, name), resultSize(of: picture.size))
        let masks = try masks.indices.map { index in
          let channel = channels.output + index
          return try restored(
            self.picture(output, size, channel..<channel + 1, name), resultSize(of: picture.size))
        }
        guard options.reconstructs, let model = model as? any CyclicTranslator else {
          return Translation(picture: result, reconstruction: nil, masks: masks)
        }
        let back = try model.reconstruct(output, of: input, to: origin ?? model.wayBack(from: target), pass)
        let again = try restored(
          self.picture(back, scaled.size, 0..<channels.input, name), picture.size)
        return Translation(picture: result, reconstruction: again, masks: masks)
      }
    }
  }

  /// Channels of a network's output, cropped to a size.
  private func picture(_ output: Tensor, _ size: PictureSize, _ channels: Range<Int>, _ name: String) throws -> Picture
  {
    guard output.isFinite else {
      throw GanError.checkpoint(
        "the model's output for the picture \(name) is not finite", at: path,
        help: "use an earlier checkpoint of the run")
    }
    let own = output.shape[3] == channels.count ? output : output.sliced(channels, axis: 3)
    return Picture(
      own, width: size.width, height: size.height, channels: channels.count, rounding: model.rounding)
  }

  private func restored(_ result: Picture, _ size: PictureSize) throws -> Picture {
    options.restoresSize ? try result.resized(size) : result
  }

  private func outputs(
    _ input: Tensor, _ target: TranslationTarget, _ pass: Pass, _ boxes: [Box]
  ) throws -> [Tensor] {
    if let model = model as? any InstanceTranslator, let objects = try model.objects(of: input, boxes, to: target) {
      let content = try model.content(of: input, to: target, pass)
      return try attributes(of: model, input, pass).map {
        try model.decode(content, to: target, attribute: $0, objects: objects, pass)
      }
    }
    guard let model = model as? any MultimodalTranslator, options.styles != nil else {
      return [try model.translate(input, to: target, pass)]
    }
    let content = try model.content(of: input, to: target, pass)
    return try attributes(of: model, input, pass).map {
      try model.decode(content, to: target, attribute: $0, pass)
    }
  }

  /// Of each translation.
  private func attributes(of model: any MultimodalTranslator, _ input: Tensor, _ pass: Pass) -> [Tensor] {
    if let styles { return styles.map(\.values) }
    let count = options.styles.map { $0.variants?.count ?? 0 } ?? 1
    return (0..<count).map { _ in model.randomAttributes(1, pass.noise, type: input.type) }
  }

  func tensor(_ picture: Picture, _ sizes: SizeRule) -> Tensor {
    let padded = picture.mirrored(toWidth: sizes.covering(picture.width), height: sizes.covering(picture.height))
    return Tensor([1, padded.height, padded.width, padded.channels]) { padded.normalize(into: $0) }
  }

  func pass(_ name: String) -> Pass {
    let hasDropout = options.dropout ?? (options.isEvaluation ? false : model.needsTestTimeNoise)
    let noise = RandomNoise(RandomStream(seed: options.seed, stream: streamNumber(name)))
    return Pass(options.isEvaluation ? .running : model.testTimeStatistics, noise: hasDropout ? noise : nil)
  }

  // MARK: Memory

  /// Rejects a picture that needs more memory than available, before the system would kill the process.
  /// - Returns: a sentence about scratch files, if they are needed.
  /// - Throws: `GanError` (environment) naming the picture.
  @discardableResult
  package func checkMemory(for size: PictureSize, at path: FilePath?) throws -> String? {
    guard case .inFiles(let folder, let bytes, let bound) = try memory.way(computedSize(of: size), at: path) else {
      return nil
    }
    let name = path.map { "\($0.shown): " } ?? ""
    return
      "\(name)\(size.width)x\(size.height) pixels: with up to \(gibibytes(bytes)) of scratch files in \(folder.shown), "
      + "within \(gibibytes(bound)) of memory"
  }

  /// The number of convolutions of a translation, counted with the smallest picture; nil for pictures that are too
  /// small to show progress.
  func layers(for size: PictureSize) -> Int? {
    let pixels = computedSize(of: size).width * computedSize(of: size).height, side = model.inputs.sizeRule.covering(1)
    guard pixels > 4 * side * side, pixels > 1 << 17 else { return nil }
    let smallest = Picture(width: 1, height: 1, channels: channels.input)
    let count = LayerWatch.count { _ = try? translations(scaled: smallest, of: smallest, "", nil, nil) }
    // Without masks nothing is computed.
    return count > 0 ? count : nil
  }

  /// Whether `count` pictures of this size fit in memory at the same time.
  package func hasMemory(for count: Int, of size: PictureSize) -> Bool {
    memory.suffices(for: count, computedSize(of: size))
  }

  /// The size of the network's input for a picture of this size.
  private func computedSize(of size: PictureSize) -> PictureSize {
    let size = scaledSize(size), rule = model.inputs.sizeRule
    return PictureSize(width: rule.covering(size.width), height: rule.covering(size.height))
  }
}

extension Picture {
  fileprivate var size: PictureSize { PictureSize(width: width, height: height) }

  /// - Throws: `GanError` (input) for a size beyond the limits.
  fileprivate func resized(_ size: PictureSize) throws -> Picture {
    size == self.size ? self : try resized(width: size.width, height: size.height)
  }
}

extension PictureSize {
  /// So many times as high and as wide.
  func enlarged(_ factor: Int) -> PictureSize { PictureSize(width: width * factor, height: height * factor) }
}

/// The random stream for a name (FNV-1a hash).
private func streamNumber(_ name: String) -> UInt64 {
  name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
