import GanBase
import GanTensor

/// The source of a network's random numbers. A draw is named by the module and its purpose, so that recorded draws can
/// be replayed.
package protocol NoiseSource: AnyObject {
  /// 0 or 1/(1-p) per element of `[N,H,W,C]`.
  func dropoutMask(_ key: String, _ shape: Shape, p: Double, type: ElementType) -> Tensor
  /// Uniform in [0, 1).
  func uniform(_ key: String, _ shape: Shape, type: ElementType) -> Tensor
  /// Standard normal.
  func normal(_ key: String, _ shape: Shape, type: ElementType) -> Tensor
  /// A random order of 0..<count.
  func permutation(_ key: String, _ count: Int) -> [Int]
  /// `count` different numbers out of 0..<all, in random order.
  func choice(_ key: String, _ count: Int, of all: Int) -> [Int]
}

/// Draws from a random stream that is part of the checkpoint.
package final class RandomNoise: NoiseSource {
  package var stream: RandomStream

  package init(_ stream: RandomStream) { self.stream = stream }

  package func dropoutMask(_ key: String, _ shape: Shape, p: Double, type: ElementType) -> Tensor {
    Tensor.dropoutMask(shape, p: p, from: &stream, type: type)
  }

  package func uniform(_ key: String, _ shape: Shape, type: ElementType) -> Tensor {
    Tensor.uniform(shape, from: &stream, type: type)
  }

  package func normal(_ key: String, _ shape: Shape, type: ElementType) -> Tensor {
    Tensor.normal(shape, from: &stream, type: type)
  }

  package func permutation(_ key: String, _ count: Int) -> [Int] { stream.permutation(count) }

  package func choice(_ key: String, _ count: Int, of all: Int) -> [Int] {
    Array(stream.permutation(all).prefix(count))
  }
}

/// Collects intermediate results under names, for comparison with other programs.
package final class Trace {
  private var all: [String: [Tensor]] = [:]

  package init() {}

  package func record(_ key: String, _ value: Tensor) { all[key, default: []].append(value.detached()) }

  /// The last value recorded under each name.
  package var values: [String: Tensor] { all.compactMapValues(\.last) }

  /// The value of one call, counted from 0.
  package func call(_ number: Int, _ key: String) -> Tensor? {
    all[key].flatMap { $0.indices.contains(number) ? $0[number] : nil }
  }
}

/// How a network is run: which statistics norms use, where random numbers come from, what is recorded.
package struct Pass {
  package enum Statistics: Sendable {
    /// Those of the batch; running averages are updated.
    case batch
    /// Those of the batch; nothing is updated. Official pix2pix translates like this.
    case batchWithoutUpdate
    /// The running averages.
    case running
  }

  package var statistics: Statistics
  /// nil: dropout is off.
  package var noise: NoiseSource?
  package var trace: Trace?

  package init(_ statistics: Statistics, noise: NoiseSource? = nil, trace: Trace? = nil) {
    (self.statistics, self.noise, self.trace) = (statistics, noise, trace)
  }

  package static var evaluation: Pass { Pass(.running) }

  /// Records `value` under `key` if there is a trace.
  package func record(_ key: @autoclosure () -> String, _ value: Tensor) { trace?.record(key(), value) }

  /// `norm`, then leaky ReLU: fused, or in two steps if the value between them is to be recorded.
  package func normalize(_ norm: Norm, _ x: Tensor, slope: Double, as key: @autoclosure () -> String) -> Tensor {
    guard let trace else { return norm(x, self, slope: slope) }
    let z = norm(x, self, slope: 1)
    trace.record(key(), z)
    return z.leakyReLU(slope: slope)
  }
}
