import GanBase
import GanTensor

/// PhotoWCT (Li et al. 2018, section 3.1): from the deepest features to the first, a picture is encoded, its features
/// are given the statistics of the style's, and decoded, with pixels put back where the encoder found the largest.
package struct PhotoWCT {
  private let levels: [(encoder: PhotoEncoder, decoder: PhotoDecoder)]
  private let type: ElementType

  /// The least height and width of pictures: the deepest maps have an eighth of them, and must have borders to reflect.
  package static let leastSize = 16

  /// - Parameters:
  ///   - weights: under the keys of the authors' program, `e1.conv0.weight` to `d4.conv1_1.bias`. Widths are what they
  ///     say.
  ///   - path: the file, for messages.
  /// - Throws: `GanError` (checkpoint) naming a tensor that is missing or of another shape.
  package init(_ weights: [String: Tensor], path: FilePath, type: ElementType = .float32) throws {
    self.type = type
    levels = try (1...4).map {
      (
        try PhotoEncoder(weights, level: $0, path: path, type: type),
        try PhotoDecoder(weights, level: $0, path: path, type: type)
      )
    }
  }

  /// Two pictures' regions, and the labels that both have.
  package struct Regions {
    let content: LabelMap, style: LabelMap
    package let matched: [UInt32]

    package init(content: LabelMap, style: LabelMap) {
      (self.content, self.style, matched) = (content, style, content.matched(with: style))
    }
  }

  /// - Parameters:
  ///   - content: `[1,H,W,3]` in [0,1], at least `leastSize` on each side.
  ///   - style: the same, of another size.
  ///   - regions: nil: the whole pictures belong together.
  ///   - advanced: called before each level with its number, from 4 to 1.
  /// - Returns: a picture of the size of the content, about in [0,1].
  /// - Throws: `GanError` (checkpoint) for weights that make numbers that are not finite.
  package func callAsFunction(
    _ content: Tensor, _ style: Tensor, _ regions: Regions? = nil, advanced: (Int) -> Void = { _ in }
  ) throws -> Tensor {
    try Tape.paused {
      let styles = levels[3].encoder(style.converted(to: type)).features
      return try (1...4).reversed().reduce(content.converted(to: type)) { picture, level in
        advanced(level)
        let (encoder, decoder) = levels[level - 1]
        let code = encoder(picture)
        return decoder(try transferred(code.features[level - 1], styles[level - 1], regions), code.guides)
      }
    }
  }

  /// Features `[1,h,w,C]` with the statistics of a style's, region by region.
  private func transferred(_ content: Tensor, _ style: Tensor, _ regions: Regions?) throws -> Tensor {
    func rows(_ map: Tensor) -> Tensor { map.reshaped(to: [map.shape[1] * map.shape[2], map.shape[3]]) }
    guard let regions else {
      return try FeatureTransform.apply(rows(content), rows(style)).reshaped(to: content.shape)
    }
    let own = regions.content.pixels(width: content.shape[2], height: content.shape[1])
    let others = regions.style.pixels(width: style.shape[2], height: style.shape[1])
    // Pixels in the order of their regions; those of no region come last and stay.
    var order: [Int] = [], parts: [Tensor] = []
    for label in regions.matched {
      guard let pixels = own[label], let other = others[label], pixels.count > 1, other.count > 1 else { continue }
      order += pixels
      parts.append(try FeatureTransform.apply(rows(content).rows(pixels), rows(style).rows(other)))
    }
    let changed = Set(order), rest = (0..<content.shape[1] * content.shape[2]).filter { !changed.contains($0) }
    if !rest.isEmpty { parts.append(rows(content).rows(rest)) }
    order += rest
    var places = [Int](repeating: 0, count: order.count)
    for (place, pixel) in order.enumerated() { places[pixel] = place }
    return Tensor.concatenated(parts, axis: 0).rows(places).reshaped(to: content.shape)
  }
}
