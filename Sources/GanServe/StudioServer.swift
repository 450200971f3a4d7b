import Foundation
import GanBase
import GanWeights
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// The server behind `ganctl serve`: pages to try models with, and to watch runs.
package struct StudioServer: Sendable {
  package static let usualPort = 8787

  private let runs: ServedRuns
  private let weights: WeightChoice
  private let host: String?
  private let port: Int
  private let token: String?

  /// Connections at a time. More wait until others end.
  private static let mostConnections = 128
  /// A client that sends nothing for so long is gone, unless it waits for an answer.
  private static let idleSeconds: Int64 = 30

  /// - Parameters:
  ///   - host: the name or address of this machine that it listens at; nil for this machine only. Others then need a
  ///     token, which is drawn at random.
  ///   - port: 0 for any that is free.
  package init(runs: ServedRuns, weights: WeightChoice, host: String?, port: Int) {
    (self.runs, self.weights, self.port) = (runs, weights, port)
    let isLocal = host.map { ["localhost", "127.0.0.1", "::1"].contains($0.lowercased()) } ?? true
    self.host = host
    token = isLocal ? nil : AccessRules.newToken()
  }

  /// Answers requests until `isOver` or an error.
  /// - Parameters:
  ///   - started: called with the addresses of the page once it can be opened.
  ///   - isOver: asked many times a second, on the calling thread.
  /// - Throws: `GanError` (environment) if the server cannot listen there.
  package func run(started: @escaping @Sendable ([String]) -> Void, until isOver: () -> Bool) throws {
    let outcome = Mutex<Result<Void, any Error>?>(nil)
    let desk = try TranslationDesk { [weights] in StudioModels(weights: weights) }
    let task = Task.detached {
      do {
        try await serve(desk, started)
        outcome.withLock { $0 = .success(()) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
    }
    while !isOver() {
      if let outcome = outcome.withLock({ $0 }) {
        do { return try outcome.get() } catch { throw failure(error) }
      }
      usleep(20_000)
    }
    task.cancel()
    // Whoever gets an answer just now gets all of it, if that is quick.
    for _ in 0..<25 where outcome.withLock({ $0 == nil }) { usleep(20_000) }
  }

  private func serve(_ desk: TranslationDesk, _ started: @escaping @Sendable ([String]) -> Void) async throws {
    let rules = Mutex<AccessRules?>(nil)
    let routes = Routes(runs: runs, desk: desk, reader: RunReader(runs))
    var application = Application(
      router: routes.router { rules.withLock { $0 } },
      server: .http1(configuration: .init(idleTimeout: .seconds(Self.idleSeconds))),
      configuration: ApplicationConfiguration(
        address: .hostname(host ?? "127.0.0.1", port: port), serverName: "ganctl",
        availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? port
        rules.withLock { $0 = AccessRules(host: token == nil ? nil : host, port: port, token: token) }
        started(addresses(port: port))
      })
    application.logger.logLevel = .critical
    try await application.run()
  }

  /// The addresses of the page, the one to try first in front.
  private func addresses(port: Int) -> [String] {
    func address(_ host: String) -> String {
      "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/" + (token.map { "?token=\($0)" } ?? "")
    }
    guard let host, token != nil else { return [address(host ?? "127.0.0.1")] }
    let isAnyAddress = ["0.0.0.0", "::"].contains(host)
    return isAnyAddress ? [address(AccessRules.machineName), address("127.0.0.1")] : [address(host)]
  }

  private func failure(_ error: any Error) -> any Error {
    let place = host ?? "127.0.0.1"
    switch error {
    case let error as IOError where error.errnoCode == EADDRINUSE:
      return GanError.environment(
        "port \(port) of \(place) is in use", help: "choose another with --port, or any free one with --port 0")
    case let error as IOError where error.errnoCode == EACCES:
      return GanError.environment(
        "port \(port) may only be used by root", help: "choose one from 1024 on with --port")
    case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
      return notOwn(place)
    case is SocketAddressError: return notOwn(place)
    case let error as IOError:
      return GanError.environment(
        "cannot listen at \(place), port \(port): \(String(cString: strerror(error.errnoCode)))")
    default: return error
    }
  }

  private func notOwn(_ host: String) -> GanError {
    .environment(
      "\(host) is no name or address of this machine", help: "--host 0.0.0.0 listens at all its addresses")
  }
}
