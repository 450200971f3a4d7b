import Foundation

/// The CPU's name, or `unknown`.
package var processorName: String {
  let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  let model = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
  return model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
}
