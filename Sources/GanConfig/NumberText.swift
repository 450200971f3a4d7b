/// Parses a decimal number such as `2`, `.5`, `5.`, `1e-4`, `-1_000.5E+3`; nil for anything else.
///
/// Stricter than `Double.init`, which also accepts hexadecimal numbers, infinities and `nan`; more lenient than
/// YAML 1.1, where `1e-4` is text because it has no dot.
func parseNumber(_ text: String) -> Double? {
  guard let digits = decimalDigits(text) else { return nil }
  return Double(digits)
}

/// A whole number: digits, or a decimal number without a fraction such as `1e5`.
enum WholeNumber: Equatable {
  case value(Int)
  /// Whole, but too large for `Int`.
  case tooLarge
  case notWhole
}

func parseWholeNumber(_ text: String) -> WholeNumber {
  guard let digits = decimalDigits(text) else { return .notWhole }
  if let value = Int(digits) { return .value(value) }
  guard let value = Double(digits), value == value.rounded() else { return .notWhole }
  // Doubles hold whole numbers exactly only up to 2^53.
  return abs(value) <= 9_007_199_254_740_992 ? .value(Int(value)) : .tooLarge
}

func isPlainNumber(_ text: String) -> Bool { decimalDigits(text) != nil }

/// The number without underscores, in a form that the standard library reads; nil if `text` is not a number.
private func decimalDigits(_ text: String) -> String? {
  var rest = Substring(text)
  var result = ""
  if let sign = rest.first, sign == "-" || sign == "+" {
    rest.removeFirst()
    if sign == "-" { result = "-" }
  }
  guard let whole = takeDigits(&rest) else { return nil }
  var fraction: String?
  if rest.first == "." {
    rest.removeFirst()
    guard let digits = takeDigits(&rest) else { return nil }
    fraction = digits
  }
  guard !whole.isEmpty || !(fraction ?? "").isEmpty else { return nil }
  result += whole.isEmpty ? "0" : whole
  if let fraction { result += "." + (fraction.isEmpty ? "0" : fraction) }
  if let mark = rest.first, mark == "e" || mark == "E" {
    rest.removeFirst()
    result += "e"
    if let sign = rest.first, sign == "-" || sign == "+" { result.append(rest.removeFirst()) }
    guard let exponent = takeDigits(&rest), !exponent.isEmpty else { return nil }
    result += exponent
  }
  return rest.isEmpty ? result : nil
}

/// Removes leading ASCII digits, dropping single underscores between digits; nil for a misplaced underscore.
private func takeDigits(_ rest: inout Substring) -> String? {
  var digits = ""
  var afterUnderscore = false
  while let next = rest.unicodeScalars.first {
    if ("0"..."9").contains(next) {
      digits.unicodeScalars.append(next)
      afterUnderscore = false
    } else if next == "_" {
      if digits.isEmpty || afterUnderscore { return nil }
      afterUnderscore = true
    } else {
      break
    }
    rest.unicodeScalars.removeFirst()
  }
  return afterUnderscore ? nil : digits
}

/// A number without a trailing `.0`, for messages and tables.
func shortNumber(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
