import Foundation
import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanMetrics

/// The official numbers of features/expected.json.
@Suite struct SetMetricTests {
  static let cases = [
    "gauss", "relu", "fewsamples", "identical", "identical_fewsamples", "shifted", "onedim", "offset_mean",
  ]

  init() throws { try Engine.start(threads: 2) }

  @Test(arguments: MetricFixtures.all, cases) func frechetDistance(_ fixtures: MetricFixtures, _ name: String) throws {
    let expected = try #require(try fixtures.json("features/expected.json")[name])
    let file = try fixtures.tensors("features/features.safetensors")
    let (a, b) = (try file.features("\(name).a"), try file.features("\(name).b"))
    let limit = 1e-6 * (try expected.value("fid", "trace_a") + expected.value("fid", "trace_b"))
    let official = try expected.value("fid", "fid")
    let direct = try FrechetDistance(a, b)
    let (statisticsA, statisticsB) = (try FeatureStatistics(a), try FeatureStatistics(b))
    let byStatistics = try FrechetDistance(statisticsA, statisticsB)
    for distance in [direct, byStatistics] {
      #expect(abs(distance.value - official) <= limit, "\(distance)")
      expectClose(distance.meanTerm, try expected.value("fid", "mean_term"), relative: 1e-11)
      expectClose(distance.traceA, try expected.value("fid", "trace_a"), relative: 1e-11)
      expectClose(distance.traceB, try expected.value("fid", "trace_b"), relative: 1e-11)
      expectClose(distance.traceOfRoot, try expected.value("fid", "tr_sqrt"), relative: 1e-10)
    }
    if name.hasPrefix("identical") { #expect(abs(direct.value) < 1e-9 && abs(byStatistics.value) < 1e-9) }
    for (statistics, key) in [(statisticsA, "stats_a"), (statisticsB, "stats_b")] {
      let mean = statistics.mean.reduce(0, +) / Double(statistics.dimension)
      expectClose(mean, try expected.value(key, "mean_of_mu"), absolute: 1e-14, relative: 1e-12)
      let square = statistics.covariance.reduce(0) { $0 + $1 * $1 }
      expectClose(square.squareRoot(), try expected.value(key, "frobenius_sigma"), relative: 1e-12)
      expectClose(statistics.covariance[0], try expected.value(key, "sigma_00"), relative: 1e-12)
      expectClose(
        statistics.covariance[statistics.dimension - 1], try expected.value(key, "sigma_0_last"), relative: 1e-11)
    }
  }

  /// Blocks of any size give the moments of the whole.
  @Test(arguments: [1, 7, 64, 1000]) func momentsOfPortions(_ portion: Int) throws {
    let features = try MetricFixtures.own.tensors("features/features.safetensors").features("offset_mean.a")
    let whole = try FeatureStatistics(features)
    var moments = FeatureMoments(dimension: features.columns)
    for rows in features.blocks(of: portion) { moments.merge(features, rows: rows) }
    let merged = try moments.statistics()
    #expect(merged.count == features.rows)
    expectClose(merged.covariance, whole.covariance, absolute: 1e-12, relative: 1e-10)
    expectClose(merged.mean, whole.mean, relative: 1e-14)
  }

  @Test func frechetDistanceOfDiagonalCovariances() throws {
    let expected = try #require(try MetricFixtures.own.json("features/expected.json")["_stats_diagonal"])
    func statistics(_ number: Int) -> FeatureStatistics {
      let mean = expected["mu\(number)"]?.numbers ?? [], variances = expected["var\(number)"]?.numbers ?? []
      var covariance = [Double](repeating: 0, count: mean.count * mean.count)
      for (index, variance) in variances.enumerated() { covariance[index * (mean.count + 1)] = variance }
      return FeatureStatistics(count: nil, mean: mean, covariance: covariance)
    }
    let distance = try FrechetDistance(statistics(1), statistics(2)).value
    expectClose(distance, try expected.value("fid"), relative: 1e-12)
  }

  @Test(arguments: MetricFixtures.all, cases) func kernelDistance(_ fixtures: MetricFixtures, _ name: String) throws {
    let expected = try #require(try fixtures.json("features/expected.json")[name])
    let file = try fixtures.tensors("features/features.safetensors")
    let (a, b) = (try file.features("\(name).a"), try file.features("\(name).b"))
    let full = try expected.value("kid_full_unbiased")
    // The difference of means that are larger than it.
    let scale = abs(try expected.value("kid_full_biased")) + abs(full)
    expectClose(try KernelDistance.unbiased(a, b), full, absolute: 1e-12 * scale, relative: 1e-11)
    let (rowsA, rowsB) = (try file.rows("\(name).kid_idx_a"), try file.rows("\(name).kid_idx_b"))
    #expect(rowsA.count == rowsB.count)
    let rows = zip(rowsA, rowsB).map { (a: $0, b: $1) }
    let result = try KernelDistance.overSubsets(a, b, rows: rows)
    let subsets = try #require(expected["kid_subsets"])
    expectClose(result.perSubset, subsets["per_subset"]?.numbers ?? [], absolute: 1e-12 * scale, relative: 1e-11)
    expectClose(result.mean, try subsets.value("mean"), absolute: 1e-12 * scale, relative: 1e-11)
    expectClose(result.deviation, try subsets.value("std"), absolute: 1e-12 * scale, relative: 1e-9)
  }

  @Test(arguments: MetricFixtures.all, cases) func precisionAndRecall(_ fixtures: MetricFixtures, _ name: String) throws
  {
    let all = try #require(try fixtures.json("features/expected.json")[name]?["prdc"])
    let file = try fixtures.tensors("features/features.safetensors")
    for neighbours in [3, 5] {
      guard let expected = all["k\(neighbours)"] else { continue }
      let result = try PrecisionRecall(
        generated: file.features("\(name).a"), real: file.features("\(name).b"), neighbours: neighbours)
      expectClose(result.precision, try expected.value("precision"), relative: 1e-12)
      expectClose(result.recall, try expected.value("recall"), relative: 1e-12)
      if !name.hasPrefix("identical") {
        expectClose(result.strictPrecision, try expected.value("precision_strict"), relative: 1e-12)
        expectClose(result.strictRecall, try expected.value("recall_strict"), relative: 1e-12)
        expectClose(result.density, try expected.value("density"), relative: 1e-12)
      }
      expectClose(result.coverage, try expected.value("coverage"), relative: 1e-12)
    }
  }

  @Test func inceptionScore() throws {
    let file = try MetricFixtures.own.tensors("features/features.safetensors")
    let logits = try file.features("isc.logits")
    let order = try file.tensor("isc.perm_2020").floats().map { Int($0) }
    let results = try MetricFixtures.own.json("features/expected.json")["_inception_score"]?["results"]?.array ?? []
    #expect(results.count == 6)
    for expected in results {
      let isShuffled = expected["shuffled"] == .bool(true)
      let splits = Int(try expected.value("splits"))
      let score = try InceptionScore(logits, splits: splits, order: isShuffled ? order : nil)
      expectClose(score.mean, try expected.value("mean"), relative: 1e-12)
      expectClose(score.deviation, try expected.value("std"), relative: 1e-10)
      expectClose(score.perSplit, expected["per_split"]?.numbers ?? [], relative: 1e-12)
    }
  }

  @Test func tooFewPictures() {
    let one = FeatureMatrix([1, 2, 3], columns: 3), four = FeatureMatrix((0..<12).map(Float.init), columns: 3)
    func expectInputError(_ body: () throws -> Void) {
      let error = #expect(throws: GanError.self) { try body() }
      #expect(error?.code == .input)
    }
    expectInputError { _ = try FrechetDistance(one, four) }
    expectInputError { _ = try FeatureStatistics(one) }
    expectInputError { _ = try KernelDistance.unbiased(four, one) }
    expectInputError { _ = try KernelDistance.overRandomSubsets(four, four, count: 2, size: 5) }
    expectInputError { _ = try PrecisionRecall(generated: four, real: four, neighbours: 4) }
    expectInputError { _ = try InceptionScore(four, splits: 5) }
  }

  @Test func setsWithoutVariance() throws {
    let flat = FeatureMatrix([Float](repeating: 2, count: 12), columns: 3)
    let other = FeatureMatrix([Float](repeating: 1, count: 15), columns: 3)
    #expect(abs(try FrechetDistance(flat, other).value - 3) < 1e-12)
    let identical = try PrecisionRecall(generated: flat, real: flat)
    #expect(identical.precision == 1 && identical.recall == 1)
  }

  /// Subsets depend on the seed alone, and hold no picture twice.
  @Test func randomSubsets() throws {
    let file = try MetricFixtures.own.tensors("features/features.safetensors")
    let (a, b) = (try file.features("gauss.a"), try file.features("gauss.b"))
    let first = try KernelDistance.overRandomSubsets(a, b, count: 5, size: 50)
    #expect(first == (try KernelDistance.overRandomSubsets(a, b, count: 5, size: 50)))
    #expect(first != (try KernelDistance.overRandomSubsets(a, b, count: 5, size: 50, seed: 1)))
    #expect(first.perSubset.count == 5 && Set(first.perSubset).count == 5)
    let whole = try KernelDistance.overRandomSubsets(a, a, count: 2, size: a.rows)
    #expect(whole.deviation < 1e-9)
  }
}
