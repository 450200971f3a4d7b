import GanBase
import GanImage
import GanTensor
import GanWeights

/// Gives one photo the colours and the light of another (FastPhotoStyle, Li et al. 2018): PhotoWCT, then smoothing
/// along the edges of the content.
package struct Stylization {
  package enum Smoothing: Equatable, Sendable {
    case none
    case guided(GuidedFilter)
    case matting(MattingSmoother)
  }

  /// What is being done, for people.
  package enum Stage: Equatable {
    /// From 4 down to 1.
    case level(Int)
    case smoothing
    /// An iteration of the solver.
    case solving(Int)
  }

  private let network: PhotoWCT
  private let smoothing: Smoothing

  package init(_ network: PhotoWCT, _ smoothing: Smoothing = .guided(GuidedFilter())) {
    (self.network, self.smoothing) = (network, smoothing)
  }

  /// Reads the weights of the authors' program.
  /// - Throws: `GanError` (checkpoint) for a file that cannot be read or does not hold them.
  package static func network(_ path: FilePath) throws -> PhotoWCT {
    try PhotoWCT(try WeightFile.read(path), path: path)
  }

  /// - Throws: `GanError` (input) for a picture that is too small.
  package static func check(_ picture: PictureSize, at path: FilePath) throws {
    let least = PhotoWCT.leastSize
    guard min(picture.width, picture.height) < least else { return }
    throw GanError.input(
      "is \(picture.width)x\(picture.height); pictures need at least \(least)x\(least) pixels", at: path,
      help: "use a larger picture, or scale it up with --size")
  }

  /// Bytes that `callAsFunction` takes beyond what the process holds.
  package func bytes(content: PictureSize, style: PictureSize) throws -> Int {
    let dryRun = DryRun()
    _ = try dryRun {
      try network(.zeros([1, content.height, content.width, 3]), .zeros([1, style.height, style.width, 3]))
    }
    let ofPixel =
      switch smoothing {
      case .none: 2 * 32
      case .guided: 9 * 32
      case .matting: MattingSmoother.bytesOfPixel
      }
    // Networks and smoothing run one after the other.
    return max(dryRun.mostBytes, ofPixel * content.width * content.height) + (16 << 20)
  }

  /// - Parameters:
  ///   - content: in colour, as is the style; both at least `PhotoWCT.leastSize` on each side.
  ///   - regions: nil: the whole pictures belong together.
  /// - Throws: `GanError`: (checkpoint) for weights that make numbers that are not finite, (environment) if memory runs
  ///   out.
  package func callAsFunction(
    _ content: Picture, _ style: Picture, _ regions: PhotoWCT.Regions? = nil, advanced: (Stage) -> Void = { _ in }
  ) throws -> Picture {
    let result = try OutOfMemory.guarding {
      try network(Self.tensor(content), Self.tensor(style), regions) { advanced(.level($0)) }
    }
    guard result.isFinite else {
      throw GanError.checkpoint("the decoders made numbers that are not finite: these weights do not fit them")
    }
    let map = ColourMap(width: content.width, height: content.height, interleaved: result.doubles).clamped
    return smoothed(map, along: ColourMap(content), advanced).picture
  }

  private func smoothed(_ map: ColourMap, along content: ColourMap, _ advanced: (Stage) -> Void) -> ColourMap {
    switch smoothing {
    case .none: return map
    case .guided(let filter):
      advanced(.smoothing)
      return filter(map, guide: content)
    case .matting(let smoother):
      advanced(.smoothing)
      return smoother(map, guide: content) { advanced(.solving($0)) }
    }
  }

  private static func tensor(_ picture: Picture) -> Tensor {
    Tensor(picture.pixels.map { Float($0) / 255 }, [1, picture.height, picture.width, 3])
  }
}
