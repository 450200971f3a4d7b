import Foundation
import GanBase
import HTTPTypes

/// Who may ask for what. Pages of other sites, which the browser of a user may show at the same time, may ask for
/// nothing; on a network, neither may anybody who does not know the token.
struct AccessRules: Sendable {
  /// Names by which the server may be addressed, in lower case.
  private let names: Set<String>
  /// Whether it may be addressed by any IP address, because it listens at several.
  private let allowsAddresses: Bool
  /// nil if only this machine can reach the server.
  let token: String?
  /// The name of the cookie with the token. Ports share cookies.
  private let cookieName: String

  /// - Parameter host: what the server listens at; nil for this machine only.
  init(host: String?, port: Int, token: String?) {
    let own = host.map { [$0.lowercased(), Self.machineName, "\(Self.machineName).local"] } ?? []
    names = Set(["localhost", "127.0.0.1", "::1"] + own)
    allowsAddresses = host != nil
    self.token = token
    cookieName = "ganctl-\(port)"
  }

  static let machineName: String = {
    var name = [CChar](repeating: 0, count: 256)
    return gethostname(&name, name.count - 1) == 0
      ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased() : ""
  }()

  /// 128 random bits.
  static func newToken() -> String {
    (0..<4).map { _ in
      let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// - Parameter query: the token in the address, if there is one.
  /// - Throws: `Refusal` for a request that is not answered.
  func check(_ request: HTTPRequest, query: String?) throws {
    try checkHost(request.authority)
    if request.method != .get, request.method != .head { try checkOrigin(request) }
    if let token, !isKnown(token, request, query) {
      throw Refusal(
        status: .unauthorized, message: "this server asks for its token",
        help: "open the address that ganctl printed, with ?token=... at its end")
    }
  }

  /// A page of another site can have its own name lead to this machine, and then passes for a page of this server. What
  /// it cannot do is to have its requests name another host than its own.
  private func checkHost(_ authority: String?) throws {
    guard let host = authority.flatMap(Self.host) else { throw Refusal.badRequest("the request names no host") }
    if names.contains(host) || allowsAddresses && Self.isAddress(host) { return }
    throw Refusal(
      status: .init(code: 421, reasonPhrase: "Misdirected Request"), message: "this server is not \(host.shown)",
      help: "open it by the address that ganctl printed, or name the host when starting it: --host")
  }

  /// Browsers say which site a request that changes or computes something comes from; other programs do not.
  private func checkOrigin(_ request: HTTPRequest) throws {
    let origin = request.headerFields[.origin], site = Self.fetchSite.flatMap { request.headerFields[$0] }
    let isOwn = origin.map { $0.lowercased() == "http://\((request.authority ?? "").lowercased())" } ?? true
    guard isOwn, site.map({ ["same-origin", "none"].contains($0) }) ?? true else {
      throw Refusal(status: .forbidden, message: "requests of other sites are refused")
    }
  }

  private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

  private func isKnown(_ token: String, _ request: HTTPRequest, _ query: String?) -> Bool {
    let bearer = request.headerFields[.authorization].flatMap {
      $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil
    }
    let cookies = request.headerFields[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { cookie in
      let text = cookie.trimmingCharacters(in: .whitespaces)
      return text.hasPrefix(cookieName + "=") ? String(text.dropFirst(cookieName.count + 1)) : nil
    }
    return ([query, bearer].compactMap { $0 } + cookies).contains { Self.areEqual($0, token) }
  }

  /// Takes the same time wherever the texts differ.
  private static func areEqual(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// The cookie by which a browser keeps the token, so that it need not stay in the address. Pages of other sites lead
  /// here with it, but cannot send anything with it.
  var cookie: String? { token.map { "\(cookieName)=\($0); HttpOnly; SameSite=Lax; Path=/" } }

  /// The host of `host:port` or `[address]:port`, in lower case.
  private static func host(_ authority: String) -> String? {
    var host = Substring(authority.lowercased())
    if host.first == "[" {
      guard let end = host.firstIndex(of: "]") else { return nil }
      host = host[host.index(after: host.startIndex)..<end]
    } else if let colon = host.lastIndex(of: ":") {
      host = host[..<colon]
    }
    return host.isEmpty ? nil : String(host)
  }

  static func isAddress(_ host: String) -> Bool {
    var four = in_addr(), six = in6_addr()
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }
}
