import GanTensor

/// A generator that has grown with its pictures: what it learned on small ones, and networks each of which adds what
/// pictures twice as large have besides (the Laplacian pyramid of Denton et al. 2015; Zhang et al. 2017 stack generators
/// likewise). A refiner sees the input at its size and the enlarged picture so far, and its output is added to that.
///
/// The first generator has the keys that it has alone; those of refiners begin with `refine1`, `refine2` and so on.
package final class GrownGenerator: Network {
  private let base: any Network
  private let refiners: [any Network]
  package let sizeRule: SizeRule
  package let tensors: TensorStore

  /// - Parameters:
  ///   - count: of refiners, at least 1; each doubles the size.
  ///   - base: makes the first generator.
  ///   - refiner: makes the refiner of that number, from 1.
  package init(
    _ scope: Scope, refiners count: Int, base makeBase: (Scope) -> any Network,
    refiner: (Scope, _ number: Int) -> any Network
  ) {
    tensors = scope.tensors
    base = makeBase(scope)
    refiners = (1...count).map { refiner(scope[Self.key(of: $0)], $0) }
    let rules = [base.sizeRule.doubled(count)] + refiners.enumerated().map { $1.sizeRule.doubled(count - 1 - $0) }
    sizeRule = SizeRule(
      multiple: rules.map(\.multiple).max() ?? 1, least: rules.map(\.least).max() ?? 1,
      most: rules.compactMap(\.most).min())
  }

  /// The beginning of a refiner's keys.
  package static func key(of refiner: Int) -> String { "refine\(refiner)" }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var inputs = [x]
    for _ in refiners { inputs.append(inputs[inputs.count - 1].averagePooled(kernel: 2, stride: 2)) }
    var y = base(inputs.removeLast(), pass)
    for refiner in refiners {
      let enlarged = y.bilinearlyDoubled()
      y = enlarged + refiner(Tensor.concatenated([inputs.removeLast(), enlarged], axis: 3), pass)
    }
    return y
  }
}

extension SizeRule {
  /// For pictures that are halved so often before a network sees them. Multiples are powers of 2.
  fileprivate func doubled(_ times: Int) -> SizeRule {
    SizeRule(multiple: multiple << times, least: least << times, most: most.map { $0 << times })
  }
}
