import Foundation
import GanBase
import GanStore
import GanTensor
import GanTrain

/// What `doctor` finds out about this machine.
struct MachineReport {
  /// Names and values, in the order in which they are shown.
  private(set) var facts: [(name: String, value: String)] = []
  /// What keeps training from running here, with advice.
  private(set) var problems: [Diagnostic] = []
  /// What would be faster or safer, a sentence each.
  private(set) var advice: [String] = []

  private let environment: [String: String]

  /// - Parameter folder: in which a run would be made.
  init(folder: FilePath = ".", environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
    addProgram()
    addProcessor()
    addThreads()
    addMemory()
    addDisk(folder)
    addSettings()
  }

  private mutating func add(_ name: String, _ value: String) { facts.append((name, value)) }

  // MARK: Program and processor

  private mutating func addProgram() {
    #if DEBUG
      add("program", "ganctl \(Program.version), a debug build")
      advice.append("This is a debug build: 'swift build -c release' makes a faster one.")
    #else
      add("program", "ganctl \(Program.version)")
    #endif
  }

  private mutating func addProcessor() {
    add("processor", processorName)
    let best = Processor.flags.contains("avx512f") ? "AVX-512" : Processor.flags.contains("avx2") ? "AVX2" : nil
    let further = [("avx512_bf16", "AVX512_BF16"), ("amx_bf16", "AMX")].filter { Processor.flags.contains($0.0) }
    add("instructions", ([best ?? "no AVX2"] + further.map(\.1)).joined(separator: ", "))
    add("CPU level", CPULevel.current + (environment[CPULevel.variable].map { " (\(CPULevel.variable)=\($0))" } ?? ""))
    if let value = environment[CPULevel.variable], !value.isEmpty {
      advice.append(
        "\(CPULevel.variable)=\(value) is set: without it, the best level of this CPU is used, unless another machine's "
          + "numbers are wanted.")
    } else if Processor.isX86, best == nil {
      advice.append("This CPU has no AVX2: training takes several times as long as on CPUs that have it.")
    }
    add("OpenBLAS", "\(BLASCore.current.name), \(BLASCore.current.reason)")
    if let remark = Engine.remarkOnKernels {
      advice.append(remark.message + (remark.help.map { ": \($0)" } ?? "") + ".")
    }
    do { try Engine.start() } catch let error as GanError { problems += error.diagnostics } catch {
      problems.append(Diagnostic("\(error)"))
    }
    add(
      "convolutions", Precision.allCases.map { "\($0.rawValue): \($0.arithmeticDescription)" }.joined(separator: "; "))
    if Processor.flags.contains("amx_bf16") {
      advice.append(
        Precision.high.notice
          ?? "train.precision: high is faster on this CPU, with nearly the accuracy of fp32; medium is faster still.")
    }
  }

  // MARK: Threads and memory

  private mutating func addThreads() {
    let usable = ProcessInfo.processInfo.activeProcessorCount, all = Processor.installed
    var text = "\(ThreadPool.shared.threads), for \(counted(usable, "core"))"
    if usable < all { text += " of \(all) that this process may use" }
    let quota = CPUQuota.cores
    if let quota { text += "; its control group may use \(Format.threeDigits(quota))" }
    add("threads", text)
    if let quota, quota < Double(usable) - 0.01 {
      advice.append(
        "The control group allows the time of \(Format.threeDigits(quota)) cores: --threads "
          + "\(max(1, Int(quota.rounded(.down)))) avoids waiting for it.")
    }
    if let load = Processor.load {
      add("load", Format.threeDigits(load))
      if load > 0.5 * Double(usable) {
        advice.append("\(Self.busy(load, cores: usable)): training is slower as long as they run.")
      }
    }
  }

  /// - Parameter load: processes that want to run, which may be more than there are cores.
  static func busy(_ load: Double, cores: Int) -> String {
    let all = cores == 1 ? "the only core" : cores == 2 ? "both cores" : "all \(cores) cores"
    let isSome = load < Double(cores) - 0.05
    return "Other programs keep \(isSome ? "about \(Format.threeDigits(load)) of \(counted(cores, "core"))" : all) busy"
  }

  /// Below this, even the smallest networks hardly train.
  private static let leastMemory = 256 << 20, leastDisk = 100 << 20

  private mutating func addMemory() {
    let all = Format.bytes(ProcessInfo.processInfo.physicalMemory)
    guard let available = MemoryLimits.available else { return add("memory", "\(all) in all") }
    add("memory", "\(Format.bytes(available)) available to this process, \(all) in all")
    if available < Self.leastMemory {
      problems.append(
        Diagnostic(
          "only \(Format.bytes(available)) of memory are available",
          help: "end other programs, or raise the limit "
            + "(ulimit -v, or that of the control group)"))
    }
    let pages = Processor.text("/sys/kernel/mm/transparent_hugepage/enabled")
    if pages.contains("[never]") {
      advice.append(
        "Huge pages are switched off (/sys/kernel/mm/transparent_hugepage/enabled): with 'madvise' or 'always', large "
          + "networks are a little faster.")
    }
  }

  // MARK: Disk and settings

  private mutating func addDisk(_ folder: FilePath) {
    let free = DiskSpace.available(at: folder)
    var text = free.map { "\(Format.bytes($0)) free in this folder" } ?? "unknown"
    if let reason = Self.refusal(of: folder) {
      text += ", not writable"
      problems.append(
        Diagnostic("no file can be written in the current folder: \(reason)", help: "change to another one with cd"))
    }
    add("disk", text)
    if let free, free < Self.leastDisk {
      problems.append(
        Diagnostic("only \(Format.bytes(free)) are free on this disk", help: "make room, or change to another disk"))
    } else if let free, free < 10 * Self.leastDisk {
      advice.append(
        "Checkpoints of networks of the papers' sizes take about a gigabyte together; \(Format.bytes(free)) are free.")
    }
  }

  /// Why no file can be made in a folder; nil if one can. The file is gone at once.
  private static func refusal(of folder: FilePath) -> String? {
    let path = folder.appending(".ganctl-doctor-\(getpid())")
    let descriptor = path.withPlatformString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    close(descriptor)
    AtomicFile.remove(path)
    return nil
  }

  private mutating func addSettings() {
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      add("open files", limit.rlim_cur > 1 << 30 ? "any number" : "at most \(limit.rlim_cur)")
      if limit.rlim_cur < 32 {
        problems.append(
          Diagnostic("only \(limit.rlim_cur) files may be open at a time", help: "raise the limit: ulimit -n 1024"))
      }
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    add("locale", "\(locale): progress in \(ConsoleDevice.hasUnicode(environment) ? "UTF-8" : "plain characters")")
    for name in [BLASCore.variable, "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"] {
      guard let value = environment[name], !value.isEmpty else { continue }
      let isCore = name == BLASCore.variable
      add(name, value + (isCore ? "" : " (without effect: see --threads)"))
    }
    if let path = InceptionWeights.find() {
      add("FID", "published weights in \(path)")
    } else {
      add("FID", "no published weights (\(InceptionWeights.folders().first?.shown ?? "GANCTL_HOME"))")
      advice.append("For published FID values, fetch the network's weights: 'ganctl help eval-fid' says how.")
    }
  }

  var json: JSONValue {
    [
      "facts": .object(facts.map { ($0.name, .string($0.value)) }),
      "problems": .array(problems.map { .string($0.message) }), "advice": .array(advice.map { .string($0) }),
      "can_train": .bool(problems.isEmpty),
    ]
  }
}
