import Foundation
import GanBase
import GanStore
import GanTensor

/// The results of a benchmark, in display order.
struct BenchReport {
  private(set) var facts: [(key: String, value: JSONValue)] = []

  /// A report that starts with facts about the machine.
  init() {
    add("cpu", .string(processorName))
    add("vectors", .string(PeakSpeed.vectors))
    add("blas_core", .string(BLAS.core))
    add("blas_choice", .string(Engine.reasonForKernels))
    add("threads", .integer(ThreadPool.shared.threads))
    add("precision", .string(Precision.current.rawValue))
  }

  mutating func add(_ key: String, _ value: JSONValue) { facts.append((key, value)) }

  /// Adds median, least and greatest of measured times.
  /// - Parameter batch: pictures per measurement.
  mutating func add(milliseconds times: [Double], batch: Int) {
    let sorted = times.sorted()
    guard let least = sorted.first, let greatest = sorted.last else { return }
    add("median_ms", .number(rounded(median(sorted))))
    add("least_ms", .number(rounded(least)))
    add("greatest_ms", .number(rounded(greatest)))
    add("images_per_second", .number(rounded(Double(batch) * 1e3 / median(sorted))))
  }

  mutating func addMemory() {
    add("tensor_peak_bytes", .integer(MemoryCache.shared.peakBytes))
    add("peak_resident_bytes", .integer(Engine.peakResidentBytes))
  }

  func show(on console: Console, asJSON: Bool) {
    if asJSON { return console.result(JSONValue.object(facts)) }
    var table = TextTable([.leading, .trailing])
    for (key, value) in facts {
      switch value {
      case .object(let members):
        table.add([key])
        for member in members { table.add(["  \(member.key)", Self.text(member.value)]) }
      default: table.add([key, Self.text(value)])
      }
    }
    console.result(table)
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let count): "\(count)"
    case .number(let number): Format.threeDigits(number)
    default: value.encoded
    }
  }
}

/// Rounds to three decimals, more than any measurement deserves.
func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

/// The median of sorted numbers, which must not be empty.
func median(_ sorted: [Double]) -> Double {
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .milliseconds(1)
}
