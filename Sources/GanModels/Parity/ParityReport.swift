import GanTensor

/// The comparison of computed and expected values, group by group.
public struct ParityReport {
  public struct Row {
    public let group: String
    /// What is measured.
    public let measure: String
    public let tensors: Int
    public let largest: Double
    public let limit: Double
    /// Where the largest error is.
    public let worst: String
    public var passed: Bool { largest <= limit }
  }

  public private(set) var rows: [Row] = []
  /// Expected values that were not computed.
  public let missing: [String]

  public var passed: Bool { missing.isEmpty && rows.allSatisfy(\.passed) }

  public init(_ run: ParityRun, _ fixture: ParityFixture) {
    let zeroGradients = run.zeroGradients
    missing = fixture.expected.keys.filter { run.values[$0] == nil }.sorted()
    let pairs = fixture.expected.sorted { $0.key < $1.key }.compactMap { key, expected in
      run.values[key].map { Pair(key: key, found: $0, expected: expected) }
    }
    let limits = run.limits
    add("forward", limits.forward, pairs.filter { $0.group == "forward" })
    add("loss", limits.loss, pairs.filter { $0.group == "loss" })
    let gradients = pairs.filter { $0.group == "grad" }
    add("gradients", limits.gradient, gradients.filter { !zeroGradients.contains($0.name) })
    addZeroGradients(limits.zeroGradient, gradients, zeroGradients)
    let weights = pairs.filter { $0.group == "weights" }
    add("running statistics", limits.buffer, weights.filter { !run.parameters.contains($0.name) })
    addUpdates(run, weights.filter { run.parameters.contains($0.name) && !zeroGradients.contains($0.name) })
  }

  /// A value beside the official one.
  private struct Pair {
    let key: String
    let found: Tensor, expected: Tensor

    var group: Substring { key.prefix { $0 != "." } }
    /// `<network>.<key>` of `grad.step1.<network>.<key>`.
    var name: String { key.split(separator: ".", maxSplits: 2).dropFirst(2).joined() }

    /// Largest difference over largest expected value; infinite for another shape or a value that is not finite.
    var relative: Double {
      guard found.count == expected.count else { return .infinity }
      var difference = 0.0, scale = 0.0
      for (a, b) in zip(found.doubles, expected.doubles) {
        guard a.isFinite && b.isFinite else { return .infinity }
        difference = max(difference, abs(a - b))
        scale = max(scale, abs(b))
      }
      return difference == 0 ? 0 : difference / max(scale, 1e-12)
    }
  }

  private mutating func add(_ group: String, _ limit: Double, _ pairs: [Pair]) {
    guard !pairs.isEmpty else { return }
    let errors = pairs.map { ($0.key, $0.relative) }
    let worst = errors.max { $0.1 < $1.1 } ?? ("", 0)
    rows.append(
      Row(group: group, measure: "relative", tensors: pairs.count, largest: worst.1, limit: limit, worst: worst.0))
  }

  /// Each against the largest gradient of the weight beside it.
  private mutating func addZeroGradients(_ limit: Double, _ gradients: [Pair], _ zeros: Set<String>) {
    let largest = Dictionary(
      gradients.map { ($0.name, $0.expected.doubles.map(abs).max() ?? 0) }, uniquingKeysWith: { first, _ in first })
    let errors = gradients.filter { zeros.contains($0.name) }.map { pair -> (String, Double) in
      let weight = pair.name.split(separator: ".").dropLast().joined(separator: ".") + ".weight"
      let found = pair.found.doubles.map(abs).max() ?? 0
      return (pair.key, found / max(largest[weight] ?? 0, 1e-12))
    }
    guard let worst = errors.max(by: { $0.1 < $1.1 }) else { return }
    rows.append(
      Row(
        group: "gradients that are 0", measure: "of the weight's", tensors: errors.count, largest: worst.1,
        limit: limit, worst: worst.0))
  }

  private mutating func addUpdates(_ run: ParityRun, _ pairs: [Pair]) {
    guard !pairs.isEmpty else { return }
    let limits = run.limits
    var far = 0, all = 0, worst = ("", 0.0), farthest = ("", 0.0)
    for pair in pairs {
      guard let start = run.initial[pair.name], pair.found.count == pair.expected.count else {
        worst = (pair.key, .infinity)
        continue
      }
      var difference = 0.0, update = 0.0
      for ((found, expected), initial) in zip(zip(pair.found.doubles, pair.expected.doubles), start.doubles) {
        let error = found.isFinite ? abs(found - expected) : .infinity
        if error > limits.weightStep * run.learningRate { far += 1 }
        if error > farthest.1 { farthest = (pair.key, error) }
        difference += error * error
        update += (expected - initial) * (expected - initial)
      }
      all += pair.found.count
      let relative = difference == 0 ? 0 : (difference / max(update, 1e-30)).squareRoot()
      if relative > worst.1 { worst = (pair.key, relative) }
    }
    rows.append(
      Row(
        group: "weights", measure: "share off by > \(limits.weightStep) lr", tensors: pairs.count,
        largest: Double(far) / Double(max(all, 1)), limit: limits.weightShare, worst: farthest.0))
    rows.append(
      Row(
        group: "weights", measure: "L2 of the update", tensors: pairs.count, largest: worst.1, limit: limits.update,
        worst: worst.0))
  }
}
