/// The guided filter for colour guides (He, Sun and Tang 2013, equations 14 to 16): a picture becomes, around each
/// pixel, a linear function of the guide's colours, so that it has edges where the guide has them.
package struct GuidedFilter: Equatable, Sendable {
  /// Of squares in which a linear function is fitted, in pixels.
  package var radius = 35
  /// What is added to the variances of colours from 0 to 1. The authors of FastPhotoStyle add 0.001 for levels up to
  /// 255.
  package var epsilon = 0.001 / (255 * 255)

  package init() {}

  package func callAsFunction(_ source: ColourMap, guide: ColourMap) -> ColourMap {
    func mean(_ values: [SIMD4<Double>]) -> [SIMD4<Double>] {
      boxMeans(values, width: guide.width, height: guide.height, radius: radius)
    }
    let colours = guide.pixels, means = mean(colours)
    let first = mean(colours.map { SIMD4($0.x * $0.x, $0.x * $0.y, $0.x * $0.z, $0.y * $0.y) })
    let second = mean(colours.map { SIMD4($0.y * $0.z, $0.z * $0.z, 0, 0) })
    let inverses = colours.indices.map { pixel -> SymmetricMatrix in
      let m = means[pixel], a = first[pixel], b = second[pixel]
      return SymmetricMatrix(
        xx: a.x - m.x * m.x + epsilon, xy: a.y - m.x * m.y, xz: a.z - m.x * m.z, yy: a.w - m.y * m.y + epsilon,
        yz: b.x - m.y * m.z, zz: b.y - m.z * m.z + epsilon
      ).inverse
    }
    var result = source
    for lane in 0..<3 {
      // Products with the guide's colours, and the value itself.
      let shared = mean(
        colours.indices.map { pixel in
          var values = colours[pixel] * source.pixels[pixel][lane]
          values.w = source.pixels[pixel][lane]
          return values
        })
      let functions = mean(
        colours.indices.map { pixel in
          var slope = inverses[pixel].times(shared[pixel] - means[pixel] * shared[pixel].w)
          slope.w = shared[pixel].w - (slope * means[pixel]).sum()
          return slope
        })
      for pixel in colours.indices {
        result.pixels[pixel][lane] = (functions[pixel] * colours[pixel]).sum() + functions[pixel].w
      }
    }
    return result
  }
}
