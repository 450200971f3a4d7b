import CKernels
import GanBase

/// How the rows, or the columns, of a picture are mixed: a linear map along one axis, of which each output sees a few
/// inputs, or none.
struct AxisMixing {
  let inputs: Int
  /// The terms of output `i` are those from `starts[i]` up to `starts[i + 1]`.
  private let starts: [Int32]
  private let sources: [Int32]
  private let weights: [Double]

  var outputs: Int { starts.count - 1 }

  /// - Parameter terms: of each output; an input that comes twice has the sum of both weights.
  init(inputs: Int, _ terms: [[(source: Int, weight: Double)]]) {
    var starts: [Int32] = [0], sources: [Int32] = [], weights: [Double] = []
    for output in terms {
      let start = sources.count
      for term in output {
        if let place = sources[start...].firstIndex(of: Int32(term.source)) {
          weights[place] += term.weight
        } else {
          sources.append(Int32(term.source))
          weights.append(term.weight)
        }
      }
      starts.append(Int32(sources.count))
    }
    (self.inputs, self.starts, self.sources, self.weights) = (inputs, starts, sources, weights)
  }

  /// Every second input of the axis smoothed by [1 2 1] / 4, beginning with the first; the border is mirrored.
  static func smoothedHalving(_ inputs: Int) -> AxisMixing {
    precondition(inputs >= 2, "reflection wider than the picture")
    return AxisMixing(
      inputs: inputs,
      (0..<ceilDiv(inputs, 2)).map { output in
        [(-1, 0.25), (0, 0.5), (1, 0.25)].map { offset, weight in
          (PaddingMode.reflect.source(2 * output + offset, inputs) ?? 0, weight)
        }
      })
  }

  /// Twice as many, interpolated linearly between the centres of the inputs; beyond the border there is more of the
  /// outermost ones.
  static func linearDoubling(_ inputs: Int) -> AxisMixing {
    AxisMixing(
      inputs: inputs,
      (0..<2 * inputs).map { output in
        let near = output / 2, far = output % 2 == 0 ? near - 1 : near + 1
        return [(near, 0.75), (min(max(far, 0), inputs - 1), 0.25)]
      })
  }

  static func unchanged(_ inputs: Int) -> AxisMixing {
    AxisMixing(inputs: inputs, (0..<inputs).map { [($0, 1)] })
  }

  static func reversal(_ inputs: Int) -> AxisMixing {
    AxisMixing(inputs: inputs, (0..<inputs).map { [(inputs - 1 - $0, 1)] })
  }

  /// With a mirrored border, narrower than the axis.
  static func reflection(_ inputs: Int, by border: Int) -> AxisMixing {
    precondition(border < inputs, "reflection wider than the picture")
    return AxisMixing(
      inputs: inputs,
      (-border..<inputs + border).map { [(PaddingMode.reflect.source($0, inputs) ?? 0, 1)] })
  }

  var adjoint: AxisMixing {
    var terms = [[(source: Int, weight: Double)]](repeating: [], count: inputs)
    for output in 0..<outputs {
      for place in Int(starts[output])..<Int(starts[output + 1]) {
        terms[Int(sources[place])].append((output, weights[place]))
      }
    }
    return AxisMixing(inputs: outputs, terms)
  }

  /// Calls `body` with the three tables.
  fileprivate func withTables(
    _ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Double>?) -> Void
  ) {
    starts.withUnsafeBufferPointer { starts in
      sources.withUnsafeBufferPointer { sources in
        weights.withUnsafeBufferPointer { body(starts.baseAddress, sources.baseAddress, $0.baseAddress) }
      }
    }
  }
}

extension Tensor {
  /// Every second pixel of these pictures `[N,H,W,C]`, H and W at least 2, smoothed by [1 2 1]/4 in both directions with
  /// a mirrored border: `[N,(H+1)/2,(W+1)/2,C]`. Details too fine for the smaller picture are gone, not aliased (Zhang
  /// 2019).
  package func smoothlyHalved() -> Tensor {
    GraphTrace.whole(.smoothHalving, from: [self]) {
      mixed(rows: .smoothedHalving(shape[1]), columns: .smoothedHalving(shape[2]))
    }
  }

  /// Bilinear upsampling by 2 of these pictures `[N,H,W,C]`: `[N,2H,2W,C]`. Pixel centres are half a pixel from the
  /// border, as with PyTorch's `align_corners=False`.
  package func bilinearlyDoubled() -> Tensor {
    GraphTrace.whole(.linearDoubling, from: [self]) {
      mixed(rows: .linearDoubling(shape[1]), columns: .linearDoubling(shape[2]))
    }
  }

  /// These pictures `[N,H,W,C]` mirrored left to right.
  package func flipped() -> Tensor { mixed(rows: .unchanged(shape[1]), columns: .reversal(shape[2])) }

  /// These pictures `[N,H,W,C]` with a border of `border` mirrored pixels on each side.
  package func reflected(by border: Int) -> Tensor {
    mixed(rows: .reflection(shape[1], by: border), columns: .reflection(shape[2], by: border))
  }

  /// Its derivative is the adjoint, and the adjoint's is itself.
  func mixed(rows: AxisMixing, columns: AxisMixing) -> Tensor {
    precondition(rows.inputs == shape[1] && columns.inputs == shape[2], "mixing pixels of \(shape)")
    let result = Tensor(uninitialized: [shape[0], rows.outputs, columns.outputs, shape[3]], type)
    mix(rows, columns, to: result)
    return result.recorded("mixing pixels", from: [self]) {
      [$0.gradient.mixed(rows: rows.adjoint, columns: columns.adjoint)]
    }
  }

  private func mix(_ rows: AxisMixing, _ columns: AxisMixing, to result: Tensor) {
    let mark = OpClock.begin(.rearranging)
    defer { OpClock.end(mark) }
    let channels = shape[3], line = shape[2] * channels, resultLine = columns.outputs * channels
    let grain = max(1, elementGrain / max(1, resultLine)), blocks = ceilDiv(rows.outputs, grain)
    rows.withTables { rowStarts, rowSources, rowWeights in
      columns.withTables { columnStarts, columnSources, columnWeights in
        let mixing = gk_mixing(
          row_starts: rowStarts, row_sources: rowSources, column_starts: columnStarts, column_sources: columnSources,
          row_weights: rowWeights, column_weights: columnWeights, width: shape[2], out_width: columns.outputs,
          channels: channels)
        withUnsafePointer(to: mixing) { mixing in
          parallel(shape[0] * blocks, grain: 1, scratch: [line * type.size]) { item, scratch in
            let (picture, block) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
            let first = block * grain
            gk_mix_rows(
              type.rawValue, mixing, pointer(at: picture * shape[1] * line), first, min(grain, rows.outputs - first),
              scratch[0].pointer, result.pointer(at: (picture * rows.outputs + first) * resultLine))
          }
        }
      }
    }
  }
}
