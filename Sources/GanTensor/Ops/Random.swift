import GanBase

extension Tensor {
  /// Standard normal numbers.
  package static func normal(_ shape: Shape, from stream: inout RandomStream, type: ElementType = .float32) -> Tensor {
    if DryRun.isOn { return Tensor(uninitialized: shape, type) }
    return Tensor(stream.normals(shape.count), shape, type: type)
  }

  /// Uniform numbers in [0, 1).
  package static func uniform(_ shape: Shape, from stream: inout RandomStream, type: ElementType = .float32) -> Tensor {
    if DryRun.isOn { return Tensor(uninitialized: shape, type) }
    return Tensor((0..<shape.count).map { _ in stream.uniform() }, shape, type: type)
  }

  /// 0 with probability `p`, else 1/(1-p). One word of the stream per element, so blocks are drawn in parallel.
  package static func dropoutMask(
    _ shape: Shape, p: Double, from stream: inout RandomStream, type: ElementType = .float32
  ) -> Tensor {
    let result = Tensor(uninitialized: shape, type)
    let start = stream.state, keep = 1 / (1 - p), bound = Float(p)
    parallelRows(shape.count) { range in
      var state = start
      state.position += UInt64(range.lowerBound)
      var local = RandomStream(state)
      for index in range {
        let value = local.uniform() < bound ? 0 : keep
        if type == .float32 {
          result.pointer(at: index).storeBytes(of: Float(value), as: Float.self)
        } else {
          result.pointer(at: index).storeBytes(of: value, as: Double.self)
        }
      }
    }
    var end = start
    end.position += UInt64(shape.count)
    stream = RandomStream(end)
    return result
  }

  /// A matrix with orthonormal rows or columns, whichever are fewer: Q of the QR of a normal matrix, signs
  /// made unique by R's diagonal (Saxe et al. 2014). Row-major.
  package static func orthogonal(rows: Int, columns: Int, normal: [Float]) -> [Float] {
    orthogonalMatrix(rows: rows, columns: columns, normal: normal)
  }
}
