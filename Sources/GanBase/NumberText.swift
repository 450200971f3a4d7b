import Foundation

/// The number with at most `digits` significant digits: `0.0002`, `1.5e-07`.
package func short(_ value: Double, digits: Int = 5) -> String { String(format: "%.\(digits)g", value) }

/// The number with thousands separators: `54,413,955`.
package func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var text = number < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}

/// The time as `2026-11-29 06:48 UTC`.
package func timestamp(_ date: Date) -> String {
  date.ISO8601Format().prefix(16).replacing("T", with: " ") + " UTC"
}
