import Foundation
import GanStore
import GanTestSupport

/// A running `ganctl serve`, and a client for it.
final class ServedProgram {
  struct Answer {
    let status: Int
    /// By name in lower case.
    let headers: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue? { try? JSONValue(parsing: text) }
  }

  let process: RunningGanctl
  /// As it was printed.
  let addresses: [String]
  let port: UInt16
  private var hasEnded = false

  /// Starts it at a free port, and returns once it can be asked.
  init(_ arguments: [String], in folder: TemporaryFolder) throws {
    let output = folder.file("serve-\(UUID().uuidString).txt")
    process = try RunningGanctl(["serve", "--port", "0", "--threads", "1"] + arguments, output: output)
    var lines: [String] = []
    for _ in 0..<1000 where lines.isEmpty {
      usleep(20_000)
      let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      if text.hasSuffix("\n") { lines = text.split(separator: "\n").map(String.init) }
    }
    addresses = lines
    guard let port = lines.last.flatMap({ URL(string: $0)?.port }) else { throw SpawnFailure(reason: "\(lines)") }
    self.port = UInt16(port)
  }

  deinit { if !hasEnded { _ = process.end(by: SIGKILL) } }

  /// Sends a signal, and returns the exit status and the seconds until the end.
  func end(by signal: Int32) -> (status: Int32, seconds: Double) {
    hasEnded = true
    let begin = ContinuousClock.now
    let status = process.end(by: signal)
    return (status, (ContinuousClock.now - begin) / .seconds(1))
  }

  // MARK: Requests

  func get(_ path: String, _ headers: [String: String] = [:]) throws -> Answer {
    try ask("GET", path, headers)
  }

  func post(_ path: String, _ body: String, _ headers: [String: String] = [:]) throws -> Answer {
    try ask("POST", path, ["Content-Type": "application/json"].merging(headers) { $1 }, body)
  }

  func ask(_ method: String, _ path: String, _ headers: [String: String], _ body: String = "") throws -> Answer {
    try send(request(method, path, headers, body)).answer()
  }

  /// The text of a request.
  func request(_ method: String, _ path: String, _ headers: [String: String], _ body: String = "") -> String {
    let all = ["Host": "127.0.0.1:\(port)", "Connection": "close", "Content-Length": "\(body.utf8.count)"]
    let lines = all.merging(headers) { $1 }.map { "\($0): \($1)\r\n" }.joined()
    return "\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body)"
  }

  /// Opens a connection and sends bytes.
  func send(_ text: String) throws -> Connection { try send(Data(text.utf8)) }

  func send(_ bytes: Data) throws -> Connection {
    let connection = try Connection(port: port)
    connection.write(bytes)
    return connection
  }

  final class Connection {
    private let descriptor: Int32

    init(port: UInt16) throws {
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var limit = timeval(tv_sec: 60, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw SpawnFailure(reason: "connect: \(String(cString: strerror(errno)))") }
      // A server that has answered reads no more. Set only now, since it would limit the wait for the connection, too.
      var patience = timeval(tv_sec: 1, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The server may have closed the connection already.
    func write(_ bytes: Data) {
      bytes.withUnsafeBytes { buffer in
        var done = 0
        while done < buffer.count {
          let count = Foundation.send(
            descriptor, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
          if count <= 0 { return }
          done += count
        }
      }
    }

    /// All that comes until the server closes the connection.
    func rest() -> Data {
      var all = Data()
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count <= 0 { return all }
        all.append(contentsOf: buffer[..<count])
      }
    }

    func answer() throws -> Answer {
      let data = rest()
      guard let end = data.firstRange(of: Data("\r\n\r\n".utf8)) else {
        throw SpawnFailure(reason: "no answer: \(String(decoding: data, as: UTF8.self))")
      }
      let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
      let fields = lines.dropFirst().compactMap { line -> (String, String)? in
        guard let colon = line.firstIndex(of: ":") else { return nil }
        return (line[..<colon].lowercased(), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
      }
      return Answer(
        status: Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0,
        headers: Dictionary(fields, uniquingKeysWith: { $1 }), body: Data(data[end.upperBound...]))
    }
  }
}
