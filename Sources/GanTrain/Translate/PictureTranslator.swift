import GanBase
import GanImage
import GanModels
import GanNN
import GanTensor

/// How pictures are translated.
public struct TranslationOptions: Sendable {
  /// nil: the model's first one.
  public var target: TranslationTarget?
  /// Running statistics and no dropout, instead of what the official program does without `--eval`.
  public var isEvaluation = false
  /// nil: as the official program.
  public var dropout: Bool?
  public var seed: UInt64 = 0
  /// Pictures are scaled to this first.
  public var size: PictureSize?

  public init() {}
}

/// Translates pictures of any size, one at a time.
///
/// A picture is continued by its mirror image, to the right and below, up to a size that the generator takes; the
/// result is cut back to the picture's size. Where the model normalises with the statistics of what it is given, as
/// pix2pix does, these are the picture's own.
public final class PictureTranslator {
  private let model: any ImageTranslator
  /// Of the checkpoint.
  private let path: String
  private let options: TranslationOptions
  public let target: TranslationTarget
  private let memory = MemoryEstimate()

  /// - Throws: `GanError` (usage) for a direction that the model does not have.
  public init(_ trained: TrainedModel, _ options: TranslationOptions = TranslationOptions()) throws {
    (model, path) = (trained.model, trained.path)
    self.options = options
    target = options.target ?? trained.defaultTarget
    _ = try model.generator(for: target)
  }

  /// Channels of the pictures that go in and come out.
  var channels: (input: Int, output: Int) {
    target == .bToA ? (model.channels.b, model.channels.a) : model.channels
  }

  /// The size of the result for a picture of this size.
  func resultSize(of size: PictureSize) -> PictureSize { options.size ?? size }

  /// A picture, or a target, scaled as `translate` scales what it is given.
  func prepared(_ picture: Picture) throws -> Picture {
    guard let size = options.size else { return picture }
    return try picture.resized(width: size.width, height: size.height)
  }

  /// The translation, of the size of the picture or of `options.size`. Levels are (x + 1) / 2 * 255 without the
  /// fraction, as official programs write them.
  /// - Parameter name: decides the random draws together with the seed, so that a picture's translation does not
  ///   depend on which others are translated.
  /// - Parameter goal: in place of `target`.
  /// - Throws: `GanError` (checkpoint) where the model gives numbers that are not finite.
  public func translate(_ picture: Picture, name: String, to goal: TranslationTarget? = nil) throws -> Picture {
    let prepared = try prepared(picture.converted(channels: channels.input))
    let (width, height) = (prepared.width, prepared.height)
    let padded = prepared.mirrored(
      toWidth: model.sizeRule.covering(width), height: model.sizeRule.covering(height))
    let input = Tensor(padded.normalized(), [1, padded.height, padded.width, padded.channels])
    let output = try Tape.paused { try model.translate(input, to: goal ?? target, pass(name)) }
    guard output.isFinite else {
      throw GanError.checkpoint(
        "the model made numbers that are not finite of the picture \(name)", at: path,
        help: "use an earlier checkpoint of the run")
    }
    let cut = output.sliced(0..<height, axis: 1).sliced(0..<width, axis: 2)
    return Picture(normalized: cut.floats, width: width, height: height, channels: channels.output)
  }

  private func pass(_ name: String) -> Pass {
    let hasDropout = options.dropout ?? (options.isEvaluation ? false : model.hasTestTimeDropout)
    let noise = RandomNoise(RandomStream(seed: options.seed, stream: streamNumber(name)))
    return Pass(options.isEvaluation ? .running : model.testTimeStatistics, noise: hasDropout ? noise : nil)
  }

  // MARK: Memory

  /// Refuses a picture for which the memory would not do, instead of being ended by the system half way.
  /// - Throws: `GanError` (environment) naming the picture.
  func checkMemory(for size: PictureSize, at path: String) throws {
    let size = resultSize(of: size)
    let (width, height) = (model.sizeRule.covering(size.width), model.sizeRule.covering(size.height))
    try memory.check(width: width, height: height, at: path) { side in
      let side = model.sizeRule.covering(side)
      let input = Tensor.zeros([1, side, side, channels.input])
      _ = try Tape.paused { try model.translate(input, to: target, pass("")) }
      return side * side
    }
  }
}

/// A stream for each name (FNV-1a).
private func streamNumber(_ name: String) -> UInt64 {
  name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
