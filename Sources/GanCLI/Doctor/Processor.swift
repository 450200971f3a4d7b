import Foundation
import GanBase

/// The processor and its load, from what the system tells.
enum Processor {
  /// The flags of the CPU, such as `avx2`.
  static let flags: Set<String> = {
    let line = text("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
    return Set((line ?? "").split(separator: " ").map(String.init))
  }()

  static var isX86: Bool {
    #if arch(x86_64)
      return true
    #else
      return false
    #endif
  }

  /// Cores of the machine, of which a process may be allowed fewer.
  static var installed: Int { ProcessInfo.processInfo.processorCount }

  /// Processes that wanted to run in the last minute, on average.
  static var load: Double? { text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } }

  /// A small text file of the system; empty if it is not there.
  static func text(_ path: FilePath) -> String {
    guard let file = fopen(path.string, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}

/// The processor time that control groups allow.
enum CPUQuota {
  /// Cores' worth of time; nil without a limit.
  static var cores: Double? { (second + first).min() }

  /// The groups of this process and those above it, version 2.
  private static var second: [Double] {
    let line = Processor.text("/proc/self/cgroup").split(separator: "\n").first { $0.hasPrefix("0::") }
    var folder: FilePath = "/sys/fs/cgroup", folders = [folder]
    for name in (line?.dropFirst(3) ?? "").split(separator: "/") where name != ".." {
      folder = folder.appending(String(name))
      folders.append(folder)
    }
    return folders.compactMap { folder in
      let parts = Processor.text(folder.appending("cpu.max")).split(whereSeparator: \.isWhitespace)
      guard parts.count == 2 else { return nil }
      return share(of: String(parts[0]), in: String(parts[1]))
    }
  }

  /// Version 1, whose groups a container sees at the root.
  private static var first: [Double] {
    func value(_ name: String) -> String {
      Processor.text(FilePath("/sys/fs/cgroup/cpu/\(name)")).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return [share(of: value("cpu.cfs_quota_us"), in: value("cpu.cfs_period_us"))].compactMap { $0 }
  }

  private static func share(of quota: String, in period: String) -> Double? {
    guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else { return nil }
    return quota / period
  }
}
