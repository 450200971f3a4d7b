import CKernels

/// How two operands of broadcast shapes are traversed: a few axes, adjacent ones merged if both operands allow it.
struct BroadcastPlan {
  struct Axis {
    var size: Int
    /// Elements between neighbours in each operand; 0 if it repeats.
    var p: Int
    var q: Int
  }
  /// Outermost first; never empty. The last one is the inner loop.
  private(set) var axes: [Axis] = []

  init(_ p: Shape, _ q: Shape, result: Shape) {
    let pSteps = Self.steps(p, in: result), qSteps = Self.steps(q, in: result)
    for axis in 0..<result.rank where result[axis] != 1 {
      let next = Axis(size: result[axis], p: pSteps[axis], q: qSteps[axis])
      if let last = axes.last, last.p == next.p * next.size, last.q == next.q * next.size {
        axes[axes.count - 1] = Axis(size: last.size * next.size, p: next.p, q: next.q)
      } else {
        axes.append(next)
      }
    }
    if axes.isEmpty { axes = [Axis(size: 1, p: 1, q: 1)] }
  }

  private static func steps(_ shape: Shape, in result: Shape) -> [Int] {
    let missing = result.rank - shape.rank
    let strides = shape.strides
    return (0..<result.rank).map { axis in
      axis < missing || shape[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
  }

  /// Calls `body(result offset, p offset, q offset, count)` for each run of the inner axis, in parallel.
  func forEachRun(_ body: (Int, Int, Int, Int) -> Void) {
    guard let inner = axes.last else { return }
    let outer = axes.dropLast()
    let runs = outer.reduce(1) { $0 * $1.size }
    if runs == 1 {
      parallelRows(inner.size) { range in
        body(range.lowerBound, range.lowerBound * inner.p, range.lowerBound * inner.q, range.count)
      }
      return
    }
    parallelRows(runs, of: inner.size) { range in
      for run in range {
        var rest = run, p = 0, q = 0
        for axis in outer.reversed() {
          let index = rest % axis.size
          rest /= axis.size
          p += index * axis.p
          q += index * axis.q
        }
        body(run * inner.size, p, q, inner.size)
      }
    }
  }

  var innerSteps: (p: Int32, q: Int32) { (axes.last.map { Int32($0.p) } ?? 1, axes.last.map { Int32($0.q) } ?? 1) }
}

extension Tensor {
  /// `op` of CKernels on two operands, elementwise with broadcasting.
  static func binaryKernel(_ op: Int, _ p: Tensor, _ q: Tensor, constant: Double = 0) -> Tensor {
    let mark = OpClock.begin(.elementwise)
    defer { OpClock.end(mark) }
    precondition(p.type == q.type, "mixed element types")
    guard let shape = Shape.broadcast(p.shape, q.shape) else {
      preconditionFailure("shapes \(p.shape) and \(q.shape) do not fit")
    }
    let result = Tensor(uninitialized: shape, p.type)
    let plan = BroadcastPlan(p.shape, q.shape, result: shape)
    let steps = plan.innerSteps
    plan.forEachRun { offset, pOffset, qOffset, count in
      gk_binary(
        p.type.rawValue, Int32(op), p.pointer(at: pOffset), steps.p, q.pointer(at: qOffset), steps.q,
        result.pointer(at: offset), count, constant)
    }
    return result
  }

  func unaryKernel(_ op: Int, _ a: Double = 0, _ b: Double = 0) -> Tensor {
    let mark = OpClock.begin(.elementwise)
    defer { OpClock.end(mark) }
    let result = Tensor(uninitialized: shape, type)
    parallelRows(count) { range in
      gk_unary(
        type.rawValue, Int32(op), pointer(at: range.lowerBound), result.pointer(at: range.lowerBound), range.count, a, b
      )
    }
    return result
  }
}
