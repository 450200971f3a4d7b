import Foundation

/// `1.2 GiB`, and `300 MiB` for less than one.
package func gibibytes(_ bytes: Int) -> String {
  bytes < 1 << 30 ? "\(bytes >> 20) MiB" : String(format: "%.1f GiB", Double(bytes) / Double(1 << 30))
}
