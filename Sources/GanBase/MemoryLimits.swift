import Foundation

/// How much memory this process may still take.
package enum MemoryLimits {
  /// Bytes of memory that are available without swapping: what the system has, within the limits of the process's control
  /// groups and of `ulimit`. nil if unknown.
  package static var available: Int? { [availableMemory, availableAddresses].compactMap { $0 }.min() }

  /// The same without `ulimit`, which limits address space.
  package static var availableMemory: Int? {
    (ControlGroup.all.compactMap(\.available) + [systemAvailable].compactMap { $0 }).min()
  }

  /// Bytes of memory that this process holds.
  package static var resident: Int { pages.resident }

  /// Bytes of addresses left by `ulimit -v` and `ulimit -d`; nil if neither is set. More address
  /// space is reserved than is ever used.
  package static var availableAddresses: Int? {
    let used = pages
    return [(RLIMIT_AS, used.all), (RLIMIT_DATA, used.data)].compactMap { kind, used in
      limit(kind).map { max(0, $0 - used) }
    }.min()
  }

  /// The largest number of bytes of memory that it has held. `getrusage` would start with the peak of the parent process.
  package static var peakResident: Int? { kibibytes("VmHWM:", in: "/proc/self/status") }

  /// Bytes that a control group may still take. Where version 1 sets no limit, it shows almost `Int.max`; and the three
  /// are not read at the same moment, so more may be cached than was in use.
  package static func left(of limit: Int, usage: Int, cachedFiles: Int) -> Int {
    let kept = max(0, max(0, usage) - max(0, cachedFiles))
    return max(0, max(0, limit) - kept)
  }

  private static func limit(_ kind: __rlimit_resource) -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(kind.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur).flatMap { $0 == Int.max ? nil : $0 }
  }

  private static var pages: (all: Int, resident: Int, data: Int) {
    let fields = contents("/proc/self/statm").split(separator: " ").map { (Int($0) ?? 0) * Int(getpagesize()) }
    guard fields.count > 5 else { return (0, 0, 0) }
    return (fields[0], fields[1], fields[5])
  }

  private static var systemAvailable: Int? { kibibytes("MemAvailable:", in: "/proc/meminfo") }

  private static func kibibytes(_ key: String, in file: FilePath) -> Int? {
    let line = contents(file).split(whereSeparator: \.isWhitespace).drop { $0 != key }
    return line.dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }
}

/// The text of one of the system's files, which are never large; empty if it is missing.
private func contents(_ path: FilePath) -> String {
  let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
  guard descriptor >= 0 else { return "" }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = read(descriptor, &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
}

/// A control group with a limit of memory, version 2 or 1.
private struct ControlGroup {
  let folder: FilePath
  let limit: String, usage: String
  /// Prefix of the statistics that include sub-groups.
  let prefix: String

  /// The control groups of this process and their ancestors, as far as they are visible.
  static var all: [ControlGroup] {
    contents("/proc/self/cgroup").split(separator: "\n").flatMap { line -> [ControlGroup] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { return [] }
      if parts[1].isEmpty {
        return chain("/sys/fs/cgroup", parts[2]).map {
          ControlGroup(folder: $0, limit: "memory.max", usage: "memory.current", prefix: "")
        }
      }
      guard parts[1].split(separator: ",").contains("memory") else { return [] }
      return chain("/sys/fs/cgroup/memory", parts[2]).map {
        ControlGroup(folder: $0, limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", prefix: "total_")
      }
    }
  }

  private static func chain(_ root: FilePath, _ path: String) -> [FilePath] {
    var folders = [root], folder = root
    for name in path.split(separator: "/") where name != ".." {
      folder = folder.appending(String(name))
      folders.append(folder)
    }
    return folders
  }

  var available: Int? {
    guard let limit = number(limit), let usage = number(usage) else { return nil }
    return MemoryLimits.left(of: limit, usage: usage, cachedFiles: cachedFiles)
  }

  /// Counted as used, but released when memory is short.
  private var cachedFiles: Int {
    let lines = contents(folder.appending("memory.stat")).split(separator: "\n").map { $0.split(separator: " ") }
    return lines.filter { $0.count == 2 && ["\(prefix)active_file", "\(prefix)inactive_file"].contains($0[0]) }
      .reduce(0) { $0 &+ (Int($1[1]) ?? 0) }
  }

  private func number(_ name: String) -> Int? {
    Int(contents(folder.appending(name)).trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
