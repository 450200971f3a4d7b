import Foundation

/// What a run of the built program gave.
struct ProgramResult {
  let status: Int32
  let output: String
  let messages: String
}

/// Where a stream of the program goes.
enum StreamTarget {
  case capture
  /// Captured by way of a terminal.
  case terminal(columns: UInt16 = 40)
  case file(String)
}

struct SpawnFailure: Error { let reason: String }

/// The built `ganctl`, which lies next to the test bundle.
func builtProgram() throws -> String {
  let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  let program = (bundle as NSString).deletingLastPathComponent + "/ganctl"
  guard access(program, X_OK) == 0 else { throw SpawnFailure(reason: "\(program) is not built") }
  return program
}

/// Runs the built `ganctl` and waits for its end.
func runGanctl(
  _ arguments: [String], output: StreamTarget = .capture, messages: StreamTarget = .capture,
  environment: [String: String] = [:]
) throws -> ProgramResult {
  try runProgram(try builtProgram(), arguments, output: output, messages: messages, environment: environment)
}

/// Runs a program and waits for its end.
func runProgram(
  _ program: String, _ arguments: [String], output: StreamTarget = .capture, messages: StreamTarget = .capture,
  environment: [String: String] = [:]
) throws -> ProgramResult {
  let streams = [try CapturedStream(output), try CapturedStream(messages)]
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, streams[0].descriptor, 1)
  posix_spawn_file_actions_adddup2(&actions, streams[1].descriptor, 2)
  let variables = ["PATH": "/usr/bin:/bin", "TERM": "xterm"].merging(environment) { $1 }
  var process: pid_t = 0
  let code = withStrings([program] + arguments) { argv in
    withStrings(variables.map { "\($0)=\($1)" }) { posix_spawn(&process, program, &actions, nil, argv, $0) }
  }
  guard code == 0 else { throw SpawnFailure(reason: String(cString: strerror(code))) }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  let signal = status & 0x7F
  return ProgramResult(
    status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
    output: streams[0].text(), messages: streams[1].text())
}

/// A running `ganctl`, whose messages go nowhere.
struct RunningGanctl {
  let process: pid_t

  /// Starts it with no signal blocked: threads of a test may block some, and children inherit that.
  /// - Parameter output: the file for what it prints.
  init(_ arguments: [String], output: String = "/dev/null") throws {
    let program = try builtProgram()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      let path = descriptor == 1 ? output : "/dev/null"
      posix_spawn_file_actions_addopen(&actions, descriptor, path, O_RDWR | O_CREAT, 0o600)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let code = withStrings([program] + arguments) { argv in
      withStrings(["PATH=/usr/bin:/bin"]) { posix_spawn(&process, program, &actions, &attributes, argv, $0) }
    }
    guard code == 0 else { throw SpawnFailure(reason: String(cString: strerror(code))) }
    self.process = process
  }

  /// Sends a signal, waits for the end, and returns the exit status; that of a killed process is negative.
  func end(by signal: Int32) -> Int32 {
    kill(process, signal)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
  }
}

private func withStrings<Result>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = strings.map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
}

/// A descriptor for a stream of the program, and what it wrote there.
private final class CapturedStream {
  let descriptor: Int32
  private var master: Int32 = -1
  private var reader: TerminalReader?
  private var path: String?

  init(_ target: StreamTarget) throws {
    switch target {
    case .file(let path):
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    case .capture:
      let path = NSTemporaryDirectory() + "ganctl-stream-\(UUID().uuidString)"
      descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      self.path = path
    case .terminal(let columns):
      // By system calls, since the C library's functions for it are hidden from Swift.
      let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
      master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
      var lock: Int32 = 0
      var number: Int32 = 0
      guard master >= 0, ioctl(master, setLock, &lock) == 0, ioctl(master, getNumber, &number) == 0 else {
        throw SpawnFailure(reason: "no pseudo-terminal")
      }
      descriptor = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
      var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
      reader = TerminalReader(master)
    }
    guard descriptor >= 0 else { throw SpawnFailure(reason: String(cString: strerror(errno))) }
  }

  deinit {
    close(descriptor)
    if master >= 0 { close(master) }
    if let path { unlink(path) }
  }

  /// What the program, which has ended, wrote.
  func text() -> String {
    if let path { return (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
    return reader?.text() ?? ""
  }
}

/// Reads what is written to a terminal while the program runs, since its buffer is small.
private final class TerminalReader: @unchecked Sendable {
  private let master: Int32
  private let lock = NSLock()
  private let done = DispatchSemaphore(value: 0)
  private var bytes: [UInt8] = []
  private var isOver = false

  init(_ master: Int32) {
    self.master = master
    Thread.detachNewThread { [self] in
      read()
      done.signal()
    }
  }

  /// Until the program has ended and nothing more comes.
  private func read() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    while true {
      let isOver = lock.withLock { self.isOver }
      guard poll(&request, 1, 50) > 0, request.revents & Int16(POLLIN) != 0 else {
        if isOver { return }
        continue
      }
      let count = Glibc.read(master, &buffer, buffer.count)
      if count <= 0 { return }
      lock.withLock { bytes += buffer[..<count] }
    }
  }

  func text() -> String {
    lock.withLock { isOver = true }
    done.wait()
    return lock.withLock { String(decoding: bytes, as: UTF8.self) }
  }
}
