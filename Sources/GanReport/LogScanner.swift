import Foundation
import GanBase
import GanStore

/// Reads a log of JSON lines in one pass. Lines of a run's logs are mostly flat objects of numbers with the same keys in
/// the same order; these are read at the speed of a memory scan, the others as JSON.
struct LogScanner {
  /// The numbers of a line, by the index of their name in `names`.
  typealias Row = [(slot: Int, value: Double)]

  /// Names of numbers in the order in which they first occur.
  private(set) var names: [String] = []
  /// How many lines could not be read.
  private(set) var damaged = 0
  private var keys: [[UInt8]] = []

  /// - Parameter names: names whose slots are to be known beforehand: their places in this list.
  init(expecting names: [String] = []) {
    self.names = names
    keys = names.map { Array($0.utf8) }
  }

  private static let chunk = 1 << 20
  /// A line that is longer is no line of a log.
  private static let longestLine = 1 << 24

  /// Passes over a file. A last line without its end is left out, because it may still be being written.
  /// - Parameters:
  ///   - row: called with the step and the numbers of a flat line; `null` counts as absent.
  ///   - other: called with any other line that is a JSON object.
  /// - Throws: `GanError` if the file cannot be read.
  mutating func scan(
    _ path: FilePath, row: (_ step: Int, _ numbers: Row) -> Void, other: (JSONValue) -> Void
  ) throws {
    let file = try InputFile(path, .checkpoint)
    var bytes: [UInt8] = []
    var numbers: Row = []
    var offset = 0
    while offset < file.size, bytes.count < Self.longestLine {
      let next = try file.bytes(offset..<min(file.size, offset + Self.chunk))
      offset += next.count
      bytes += next
      let used = bytes.withUnsafeBufferPointer { buffer in
        var start = 0
        while let end = Self.lineEnd(buffer, from: start) {
          take(UnsafeBufferPointer(rebasing: buffer[start..<end]), &numbers, row, other)
          start = end + 1
        }
        return start
      }
      bytes.removeFirst(used)
    }
  }

  private static func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = memchr(base + start, 0x0A, bytes.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  private mutating func take(
    _ line: UnsafeBufferPointer<UInt8>, _ numbers: inout Row, _ row: (Int, Row) -> Void, _ other: (JSONValue) -> Void
  ) {
    if line.isEmpty { return }
    numbers.removeAll(keepingCapacity: true)
    if let step = flat(line, &numbers) { return row(step, numbers) }
    if let value = try? JSONValue(parsing: UnsafeRawBufferPointer(line)), case .object = value { return other(value) }
    damaged += 1
  }

  /// The step of a flat line, whose other numbers are added to `numbers`; nil for a line of another form.
  private mutating func flat(_ line: UnsafeBufferPointer<UInt8>, _ numbers: inout Row) -> Int? {
    guard line.count > 2, line[0] == UInt8(ascii: "{"), line[line.count - 1] == UInt8(ascii: "}") else { return nil }
    var position = 1
    var step: Int?
    var expected = 0
    while true {
      guard position < line.count, line[position] == UInt8(ascii: "\"") else { return nil }
      let start = position + 1
      position = start
      while position < line.count, line[position] != UInt8(ascii: "\"") {
        if line[position] == UInt8(ascii: "\\") { return nil }
        position += 1
      }
      guard position + 2 < line.count, line[position + 1] == UInt8(ascii: ":") else { return nil }
      let key = UnsafeBufferPointer(rebasing: line[start..<position])
      position += 2
      if line[position] == 0x20 { position += 1 }
      let isNull = line[position] == UInt8(ascii: "n") && line[position...].starts(with: "null".utf8)
      var value = 0.0
      if isNull {
        position += 4
      } else {
        guard let number = DecimalNumber.read(line, &position) else { return nil }
        value = number
      }
      if step == nil, key.elementsEqual("step".utf8) {
        guard !isNull, value >= 0, value < 1e15, value == value.rounded() else { return nil }
        step = Int(value)
      } else {
        guard let slot = slot(of: key, expected) else { return nil }
        expected = slot + 1
        if !isNull { numbers.append((slot, value)) }
      }
      guard position < line.count else { return nil }
      if line[position] == UInt8(ascii: "}") { return position == line.count - 1 ? step : nil }
      guard line[position] == UInt8(ascii: ","), position + 1 < line.count else { return nil }
      position += line[position + 1] == 0x20 ? 2 : 1
    }
  }

  /// The index of a name. Looks first at the one that should come next.
  private mutating func slot(of key: UnsafeBufferPointer<UInt8>, _ expected: Int) -> Int? {
    func isKey(_ index: Int) -> Bool {
      let known = keys[index]
      guard known.count == key.count, let base = key.baseAddress else { return known.isEmpty && key.isEmpty }
      return memcmp(known, base, known.count) == 0
    }
    if expected < keys.count, isKey(expected) { return expected }
    if let index = keys.indices.first(where: isKey) { return index }
    // No log has so many names; a damaged one must not take all memory.
    guard keys.count < 1000, let name = String(validating: key, as: UTF8.self) else { return nil }
    keys.append(Array(key))
    names.append(name)
    return keys.count - 1
  }
}

/// Decimal numbers as JSON has them.
enum DecimalNumber {
  private static let powers: [Double] = (0...22).map { pow(10, Double($0)) }

  /// Reads a number at `position`, and moves that behind it. Exact to within two units of the last place.
  static func read(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Double? {
    var at = position
    let isNegative = at < text.count && text[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    var mantissa: UInt64 = 0
    var exponent = 0, digits = 0, hasPoint = false
    while at < text.count {
      let byte = text[at]
      if byte >= 0x30, byte <= 0x39 {
        // Nineteen digits fit; further ones only count.
        if mantissa < 1_000_000_000_000_000_000 {
          mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
          if hasPoint { exponent -= 1 }
        } else if !hasPoint {
          exponent += 1
        }
        digits += 1
      } else if byte == UInt8(ascii: "."), !hasPoint, digits > 0 {
        hasPoint = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      guard let further = readExponent(text, &at) else { return nil }
      exponent += further
    }
    position = at
    let value = scaled(Double(mantissa), by: exponent)
    return isNegative ? -value : value
  }

  private static func readExponent(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Int? {
    var sign = 1
    if at < text.count, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      sign = text[at] == UInt8(ascii: "-") ? -1 : 1
      at += 1
    }
    var value = 0, digits = 0
    while at < text.count, text[at] >= 0x30, text[at] <= 0x39 {
      value = min(9999, value * 10 + Int(text[at] - 0x30))
      digits += 1
      at += 1
    }
    return digits > 0 ? sign * value : nil
  }

  private static func scaled(_ value: Double, by exponent: Int) -> Double {
    if value == 0 || exponent == 0 { return value }
    if exponent > 0, exponent <= 22 { return value * powers[exponent] }
    if exponent < 0, exponent >= -22 { return value / powers[-exponent] }
    // In two steps, so that a tiny number is not divided by infinity.
    let half = exponent / 2
    return value * pow(10, Double(half)) * pow(10, Double(exponent - half))
  }
}
