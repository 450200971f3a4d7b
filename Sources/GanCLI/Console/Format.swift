import Foundation

/// Formats quantities for display.
package enum Format {
  /// Seconds as `4.2s`, `12s`, `3m20s`, `1h02m`, `2d03h`; `?` for invalid numbers.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e11 else { return "?" }
    if seconds < 9.95 { return String(format: "%.1fs", seconds) }
    let total = Int(seconds.rounded())
    let (minutes, hours, days) = (total / 60, total / 3600, total / 86400)
    if total < 60 { return "\(total)s" }
    if total < 3600 { return String(format: "%dm%02ds", minutes, total % 60) }
    if total < 86400 { return String(format: "%dh%02dm", hours, minutes % 60) }
    return String(format: "%dd%02dh", days, hours % 24)
  }

  /// `512 B`, `1.5 KiB`, `231 MiB`.
  package static func bytes(_ count: UInt64) -> String {
    if count < 1024 { return "\(count) B" }
    var value = Double(count)
    var unit = ""
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where value >= 1023.5 || unit.isEmpty {
      value /= 1024
      unit = next
    }
    return "\(String(format: value < 9.95 ? "%.1f" : "%.0f", value)) \(unit)"
  }

  package static func bytes(_ count: Int) -> String { bytes(UInt64(max(0, count))) }

  /// A rate with three digits: `0.125 images/s`, `12.3 images/s`.
  package static func rate(_ perSecond: Double, of things: String = "images") -> String {
    guard perSecond.isFinite, perSecond >= 0 else { return "? \(things)/s" }
    return "\(threeDigits(perSecond)) \(things)/s"
  }

  /// `12.3 pictures/s`, or `1m48s per picture` if one takes more than two seconds.
  package static func pace(_ perSecond: Double, of thing: String) -> String {
    perSecond > 0 && perSecond < 0.5 ? "\(duration(1 / perSecond)) per \(thing)" : rate(perSecond, of: thing + "s")
  }

  /// A number with `digits` decimals; zero has no minus sign.
  package static func fixed(_ value: Double, digits: Int) -> String {
    let text = String(format: "%.\(digits)f", value)
    return text.hasPrefix("-") && !text.contains { "123456789".contains($0) } ? String(text.dropFirst()) : text
  }

  /// `12.345`, `0.012345`
  package static func fiveDigits(_ value: Double) -> String { String(format: "%.5g", value) }

  /// The local time of a moment in seconds since 1970: `2026-11-29 06:18`.
  package static func date(_ seconds: Double) -> String {
    let time = localTime(seconds)
    return String(
      format: "%04d-%02d-%02d %02d:%02d", Int(time.tm_year) + 1900, time.tm_mon + 1, time.tm_mday, time.tm_hour,
      time.tm_min)
  }

  /// The local time of a coming moment: `Tue 1 Dec 14:05`.
  package static func comingDate(_ seconds: Double) -> String {
    let time = localTime(seconds)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let day = days[Int(time.tm_wday) % 7], month = months[Int(time.tm_mon) % 12]
    return "\(day) \(time.tm_mday) \(month) " + String(format: "%02d:%02d", time.tm_hour, time.tm_min)
  }

  private static func localTime(_ seconds: Double) -> tm {
    var result = tm()
    var moment = time_t(max(-1e11, min(1e11, seconds)))
    localtime_r(&moment, &result)
    return result
  }

  /// `0.125`, `1.25`, `12.5`, `125`.
  package static func threeDigits(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    switch abs(value) {
    case ..<0.9995: return String(format: "%.3f", value)
    case ..<9.995: return String(format: "%.2f", value)
    case ..<99.95: return String(format: "%.1f", value)
    default: return String(format: "%.0f", value)
    }
  }
}
