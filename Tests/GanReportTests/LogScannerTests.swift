import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

@testable import GanReport

@Suite struct LogScannerTests {
  private func scanned(_ text: String) throws -> (rows: [[String: Double]], others: Int, damaged: Int) {
    try withTemporaryFolder { folder in
      let path = FilePath(folder + "/log.jsonl")
      try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
      var scanner = LogScanner()
      var rows: [(Int, LogScanner.Row)] = []
      var others = 0
      try scanner.scan(path) {
        rows.append(($0, $1))
      } other: { _ in
        others += 1
      }
      let named = rows.map { step, numbers in
        Dictionary(numbers.map { (scanner.names[$0.slot], $0.value) }, uniquingKeysWith: { $1 })
          .merging(["step": Double(step)]) { $1 }
      }
      return (named, others, scanner.damaged)
    }
  }

  @Test func readsNumbersOfFlatLinesAndLeavesTheRestToJSON() throws {
    let result = try scanned(
      """
      {"step":0,"epoch":1,"program":"0.1.0"}
      {"step":50,"G":0.5,"D":-1.25e-3}
      {"step": 100, "D": 2, "G": null, "new": 1e10}
      {"step":150,"eval":{"fid":3}}

      {"step":200,"G":1
      nothing
      {"G":1}
      {"step":-1,"G":1}
      {"step":250,"G":1}garbage
      {"step":300,"G":7}
      {"step":350,"G":8
      """)
    #expect(
      result.rows == [
        ["step": 50, "G": 0.5, "D": -0.00125], ["step": 100, "D": 2, "new": 1e10], ["step": 300, "G": 7],
      ])
    // Lines without a usable step are objects all the same.
    #expect(result.others == 4)
    #expect(result.damaged == 3)
  }

  @Test(arguments: [
    "0", "-0.0", "1", "123456789012345678", "0.1", "4.4451034519887855e-10", "8.067123413085938",
    "1.7976931348623157e308",
    "5e-324", "2.2250738585072014e-308", "1E+5", "0.000000000000000000000000000001234567890123456789",
    "12345678901234567890123",
  ])
  func numbersAreThoseOfTheLibrary(_ text: String) throws {
    let expected = try #require(Double(text))
    let bytes = Array(text.utf8)
    let value = try bytes.withUnsafeBufferPointer { buffer in
      var position = 0
      let value = try #require(DecimalNumber.read(buffer, &position))
      #expect(position == buffer.count)
      return value
    }
    #expect(abs(value - expected) <= 1e-15 * abs(expected) + .leastNonzeroMagnitude)
  }

  @Test(arguments: ["", "-", ".", "e5", "1e", "x"]) func whatIsNoNumberIsRefused(_ text: String) {
    let bytes = Array(text.utf8)
    bytes.withUnsafeBufferPointer { buffer in
      var position = 0
      #expect(DecimalNumber.read(buffer, &position) == nil)
    }
  }

  /// Lines that cross the borders of what is read at once.
  @Test func noLineIsLostInALongLog() throws {
    let lines = (0..<20_000).map { "{\"step\":\($0),\"epoch\":1,\"G\":0.9989993572235107,\"NCE\":\($0).5,\"D\":0.5}\n" }
    let result = try scanned(lines.joined())
    #expect(result.damaged == 0 && result.others == 0)
    #expect(result.rows.count == 20_000)
    #expect(result.rows.allSatisfy { $0["NCE"] == ($0["step"] ?? -1) + 0.5 })
  }
}
