import GanTensor

/// The comparison of computed and expected values, group by group.
package struct ParityReport {
  package struct Row {
    package let group: String
    /// What is measured.
    package let measure: String
    package let tensors: Int
    package let largest: Double
    package let limit: Double
    /// Where the largest error is.
    package let worst: String
    package var passed: Bool { largest <= limit }
  }

  package private(set) var rows: [Row] = []
  /// Expected values that were not computed.
  package let missing: [String]

  /// Whether something was compared, and all of it is within its limits.
  package var passed: Bool { missing.isEmpty && !rows.isEmpty && rows.allSatisfy(\.passed) }

  /// - Parameter widening: what the limits are multiplied with.
  package init(_ run: ParityRun, _ fixture: ParityFixture, _ widening: ParityWidening = .none) {
    missing = fixture.expected.keys.filter { run.values[$0] == nil }.sorted()
    let pairs = fixture.expected.sorted { $0.key < $1.key }.compactMap { key, expected in
      run.values[key].map { ParityValue(key: key, found: $0, expected: expected).without(run.undetermined) }
    }
    let limits = run.limits.widened(widening)
    let isLong = { (pair: ParityValue) in limits.longForward.keys.contains(String(pair.key.dropFirst(8))) }
    let forward = pairs.filter { $0.group == "forward" }
    add("forward", limits.forward, forward.filter { !isLong($0) })
    add("forward, long", limits.longForward.limit, forward.filter(isLong))
    add("further forward", limits.forward, run.furtherValues)
    let losses = pairs.filter { $0.group == "loss" }
    let isLater = { (pair: ParityValue) in limits.laterLoss != nil && !pair.key.hasPrefix("loss.step1.") }
    add("loss", limits.loss, losses.filter { !isLater($0) }, least: limits.leastLoss)
    if let limit = limits.laterLoss { add("later losses", limit, losses.filter(isLater), least: limits.leastLoss) }
    let gradients = pairs.filter { $0.group == "grad" || $0.group == "grad2" }
    addGradients(limits, gradients.filter { !run.zeroGradients.contains($0.name) })
    addZeroGradients(limits, gradients, run.zeroGradients)
    let weights = pairs.filter { $0.group == "weights" || $0.group == "buffers" }
    addBuffers(limits, weights.filter { !run.parameters.contains($0.name) })
    let parameters = weights.filter { run.parameters.contains($0.name) }
    addUpdates(run, limits, parameters.filter { !run.zeroGradients.contains($0.name) })
    addZeroGradientSteps(run, limits, parameters.filter { run.zeroGradients.contains($0.name) })
  }

  private mutating func add(_ group: String, _ limit: Double, _ pairs: [ParityValue], least: Double = 1e-12) {
    guard !pairs.isEmpty else { return }
    let errors = pairs.map { ($0.key, $0.relative(least: least)) }
    let worst = errors.max { $0.1 < $1.1 } ?? ("", 0)
    rows.append(
      Row(group: group, measure: "relative", tensors: pairs.count, largest: worst.1, limit: limit, worst: worst.0))
  }

  private mutating func addBuffers(_ limits: ParityLimits, _ pairs: [ParityValue]) {
    guard let (limit, others) = limits.bufferSize else { return add("buffers", limits.buffer, pairs) }
    for (limit, chosen) in [(limit, pairs.filter { others[$0.name] == nil })]
      + others.sorted(by: { $0.key < $1.key }).map({ name, limit in (limit, pairs.filter { $0.name == name }) })
    where !chosen.isEmpty {
      let errors = chosen.map { ($0.key, Differences($0.found, $0.expected).values.max() ?? 0) }
      let worst = errors.max { $0.1 < $1.1 } ?? ("", 0)
      rows.append(
        Row(
          group: "buffers", measure: "absolute", tensors: chosen.count, largest: worst.1, limit: limit, worst: worst.0))
    }
  }

  private mutating func addGradients(_ limits: ParityLimits, _ pairs: [ParityValue]) {
    guard let outliers = limits.gradientOutliers else { return add("gradients", limits.gradient, pairs) }
    guard !pairs.isEmpty else { return }
    let errors = pairs.map { ($0.key, $0.relativeLength) }
    let worst = errors.max { $0.1 < $1.1 } ?? ("", 0)
    let share = Double(errors.count { $0.1 > limits.gradient }) / Double(errors.count)
    for (measure, largest, limit) in [
      ("L2, relative", worst.1, outliers.most), ("share off by > \(limits.gradient)", share, outliers.share),
    ] {
      rows.append(
        Row(
          group: "gradients", measure: measure, tensors: pairs.count, largest: largest, limit: limit, worst: worst.0))
    }
  }

  /// Against the largest gradient of the weight beside them, or as they are.
  private mutating func addZeroGradients(_ limits: ParityLimits, _ gradients: [ParityValue], _ zeros: Set<String>) {
    let chosen = gradients.filter { zeros.contains($0.name) }
    guard !chosen.isEmpty else { return }
    func largest(_ tensor: Tensor) -> Double { tensor.doubles.map { $0.isFinite ? abs($0) : .infinity }.max() ?? 0 }
    func row(_ measure: String, _ limit: Double, _ size: (ParityValue) -> Double?) {
      let errors = chosen.compactMap { pair in size(pair).map { (pair.key, $0) } }
      let worst = errors.max { $0.1 < $1.1 } ?? ("", 0)
      rows.append(
        Row(
          group: "gradients that are 0", measure: measure, tensors: errors.count, largest: worst.1, limit: limit,
          worst: worst.0))
    }
    if let limit = limits.zeroGradientSize { row("absolute", limit) { largest($0.found) } }
    if let limit = limits.zeroGradient {
      let beside = Dictionary(gradients.map { ($0.name, largest($0.expected)) }, uniquingKeysWith: { $1 })
      row("of the weight's", limit) { pair in
        // Small copies of fixtures do not have every weight's gradient.
        let layer = pair.name.split(separator: ".").dropLast().joined(separator: ".")
        return ["weight", "weight_bar"].lazy.compactMap { beside["\(layer).\($0)"] }.first.map {
          largest(pair.found) / max($0, 1e-12)
        }
      }
    }
  }

  private mutating func addZeroGradientSteps(_ run: ParityRun, _ limits: ParityLimits, _ pairs: [ParityValue]) {
    guard let limit = limits.zeroGradientStep, !pairs.isEmpty else { return }
    let errors = pairs.map { pair in
      (pair.key, Differences(pair.found, pair.expected).values.max().map { $0 / run.learningRate } ?? 0)
    }
    let worst = errors.max { $0.1 < $1.1 } ?? ("", 0)
    rows.append(
      Row(
        group: "weights without gradient", measure: "in lr", tensors: pairs.count, largest: worst.1, limit: limit,
        worst: worst.0))
  }

  private mutating func addUpdates(_ run: ParityRun, _ limits: ParityLimits, _ pairs: [ParityValue]) {
    guard !pairs.isEmpty else { return }
    var far = 0, all = 0, sum = 0.0
    var worstUpdate = ("", 0.0), farthest = ("", 0.0), worstMean = ("", 0.0)
    for pair in pairs {
      let differences = Differences(pair.found, pair.expected)
      far += differences.values.count { $0 > limits.weightStep * run.learningRate }
      all += differences.values.count
      let total = differences.values.reduce(0, +), mean = total / Double(max(differences.values.count, 1))
      sum += total
      if mean > worstMean.1 { worstMean = (pair.key, mean) }
      let largest = differences.values.max() ?? 0
      if largest > farthest.1 { farthest = (pair.key, largest) }
      let initial = run.initial[pair.name].map {
        ParityValue(key: pair.key, found: $0, expected: $0).without(run.undetermined).found
      }
      let update = initial.map { Differences(pair.expected, $0).length } ?? 0
      let relative = differences.length == 0 ? 0 : differences.length / max(update, 1e-15)
      if relative > worstUpdate.1 { worstUpdate = (pair.key, relative) }
    }
    func row(_ measure: String, _ largest: Double, _ limit: Double, _ worst: String) {
      rows.append(
        Row(group: "weights", measure: measure, tensors: pairs.count, largest: largest, limit: limit, worst: worst))
    }
    // One value that is not finite is too much for any share.
    let share = farthest.1.isFinite ? Double(far) / Double(all) : .infinity
    row("share off by > \(limits.weightStep) lr", share, limits.weightShare, farthest.0)
    if let limit = limits.weightMost { row("largest, in lr", farthest.1 / run.learningRate, limit, farthest.0) }
    if let limit = limits.weightMean { row("mean, in lr", sum / Double(all) / run.learningRate, limit, farthest.0) }
    if let limit = limits.tensorMean { row("tensor's mean, in lr", worstMean.1 / run.learningRate, limit, worstMean.0) }
    if let limit = limits.update { row("L2 of the update", worstUpdate.1, limit, worstUpdate.0) }
  }

  /// Element by element, absolute; infinite where shapes differ or a value is not finite.
  private struct Differences {
    let values: [Double]

    init(_ a: Tensor, _ b: Tensor) {
      guard areComparable(a, b) else {
        values = [.infinity]
        return
      }
      values = zip(a.doubles, b.doubles).map { $0.isFinite && $1.isFinite ? abs($0 - $1) : .infinity }
    }

    var length: Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  }
}

/// Whether two tensors are of one shape; a single number may have been stored with an axis or without.
private func areComparable(_ a: Tensor, _ b: Tensor) -> Bool { a.shape == b.shape || a.count == 1 && b.count == 1 }

extension ParityValue {
  fileprivate var group: Substring { key.prefix { $0 != "." } }
  /// `<network>.<key>` of `grad.step1.<network>.<key>`.
  fileprivate var name: String { key.split(separator: ".", maxSplits: 2).dropFirst(2).joined() }

  /// Without the elements of `excluded` for a parameter, or its gradient, of that name.
  fileprivate func without(_ excluded: [String: Set<Int>]) -> ParityValue {
    guard ["grad", "weights"].contains(group), let indices = excluded[name], !indices.isEmpty,
      found.shape == expected.shape
    else { return self }
    let kept = (0..<expected.count).filter { !indices.contains($0) }
    return ParityValue(
      key: key, found: found.reshaped(to: [found.count]).rows(kept),
      expected: expected.reshaped(to: [expected.count]).rows(kept))
  }

  /// Length of the difference over that of the expected value; infinite as below.
  fileprivate var relativeLength: Double {
    guard areComparable(found, expected) else { return .infinity }
    var difference = 0.0, length = 0.0
    for (a, b) in zip(found.doubles, expected.doubles) {
      guard a.isFinite && b.isFinite else { return .infinity }
      difference += (a - b) * (a - b)
      length += b * b
    }
    return difference == 0 ? 0 : (difference / max(length, 1e-24)).squareRoot()
  }

  /// Largest difference over largest expected value (or `least`); infinite for another shape or a value that is
  /// not finite.
  fileprivate func relative(least: Double = 1e-12) -> Double {
    guard areComparable(found, expected) else { return .infinity }
    var difference = 0.0, scale = 0.0
    for (a, b) in zip(found.doubles, expected.doubles) {
      guard a.isFinite && b.isFinite else { return .infinity }
      difference = max(difference, abs(a - b))
      scale = max(scale, abs(b))
    }
    return difference == 0 ? 0 : difference / max(scale, least)
  }
}
