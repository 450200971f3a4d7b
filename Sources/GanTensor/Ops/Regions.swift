import GanBase

/// A rectangle in one picture of a batch.
package struct Region: Equatable, Sendable {
  /// From 0.
  package var picture: Int
  /// In pixels of the picture or map; it may reach beyond its border.
  package var box: Box

  package init(picture: Int, _ box: Box) { (self.picture, self.box) = (picture, box) }
}

// Rectangles cut out of pictures, and put back, by bilinear interpolation. Both are linear in the picture, so that their
// derivatives are their adjoints. No gradient reaches a box.

extension Tensor {
  /// Rectangles of these pictures `[N,H,W,C]`, scaled to one size: `[regions,height,width,C]`. This is RoIAlign (He et
  /// al. 2017) as torchvision has it with `aligned=True` and `spatial_scale=1`: the box is divided into `height` x
  /// `width` bins, and an element is the mean of samples at regular places of its bin. A sample interpolates between
  /// the centres of pixels, the outermost of which are half a pixel from the picture's border; up to a pixel beyond
  /// these it has their value, farther off it is 0.
  /// - Parameter samples: for each side of a bin; nil: as many as it has pixels, rounded up.
  package func cropped(to regions: [Region], height: Int, width: Int, samples: Int? = nil) -> Tensor {
    precondition(shape.rank == 4 && height > 0 && width > 0 && !regions.isEmpty, "regions of \(shape)")
    let crops = regions.map { region -> Tensor in
      let box = region.box
      return picture(region.picture).mixed(
        rows: .bins(height, from: box.top, to: box.bottom, of: shape[1], samples: samples),
        columns: .bins(width, from: box.left, to: box.right, of: shape[2], samples: samples))
    }
    return crops.count == 1 ? crops[0] : Tensor.concatenated(crops, axis: 0)
  }

  /// The opposite for one map `[1,h,w,C]`: a map of `height` x `width` pixels, in which those whose centres lie in the
  /// box have the value at their relative place in this one, interpolated between the centres of its pixels; all others
  /// are 0.
  package func placed(in box: Box, height: Int, width: Int) -> Tensor {
    precondition(shape.rank == 4 && shape[0] == 1, "placing \(shape)")
    return mixed(
      rows: .placing(shape[1], from: box.top, to: box.bottom, of: height),
      columns: .placing(shape[2], from: box.left, to: box.right, of: width))
  }

  private func picture(_ index: Int) -> Tensor {
    precondition(0..<shape[0] ~= index, "picture \(index) of \(shape)")
    return shape[0] == 1 ? self : sliced(index..<index + 1, axis: 0)
  }
}

extension AxisMixing {
  /// One axis of `cropped`.
  static func bins(_ outputs: Int, from start: Double, to end: Double, of inputs: Int, samples: Int?) -> AxisMixing {
    let bin = (end - start) / Double(outputs), count = max(1, samples ?? Int(bin.rounded(.up)))
    return AxisMixing(
      inputs: inputs,
      (0..<outputs).map { output in
        (0..<count).flatMap { sample -> [(source: Int, weight: Double)] in
          let place = start - 0.5 + bin * (Double(output) + (Double(sample) + 0.5) / Double(count))
          guard place >= -1, place <= Double(inputs) else { return [] }
          return interpolation(at: place, of: inputs).map { ($0.source, $0.weight / Double(count)) }
        }
      })
  }

  /// One axis of `placed`.
  static func placing(_ inputs: Int, from start: Double, to end: Double, of outputs: Int) -> AxisMixing {
    let covered = Box.pixels(from: start, to: end, of: outputs)
    return AxisMixing(
      inputs: inputs,
      (0..<outputs).map { output in
        guard covered.contains(output) else { return [] }
        let share = (Double(output) + 0.5 - start) / (end - start)
        return interpolation(at: share * Double(inputs) - 0.5, of: inputs)
      })
  }

  /// Between the neighbours of a place, where `i` is the centre of pixel `i`.
  private static func interpolation(at place: Double, of inputs: Int) -> [(source: Int, weight: Double)] {
    let place = min(max(place, 0), Double(inputs - 1)), low = Int(place), share = place - Double(low)
    return share > 0 ? [(low, 1 - share), (low + 1, share)] : [(low, 1)]
  }
}
