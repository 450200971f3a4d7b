import HTTPTypes
import Hummingbird

/// Stands before all routes: lets in who may come in, and makes an answer of whatever a route throws.
struct Guard: RouterMiddleware {
  typealias Context = ServedConnection
  /// nil until the server knows its own port.
  let rules: @Sendable () -> AccessRules?

  /// Everything that a page shows and runs comes from this server; styles also stand in elements.
  private static let policy = """
    default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      guard let rules = rules() else { throw Refusal(status: .serviceUnavailable, message: "the server is starting") }
      let token = request.uri.queryParameters["token"].map(String.init)
      try rules.check(request.head, query: token)
      let isEntering = token != nil && rules.token != nil && request.method == .get
      response = isEntering ? entering(request, rules) : try await next(request, context)
    } catch {
      response = Refusal(error).response
      // Otherwise all that the client meant to send would be awaited.
      context.end()
    }
    for (name, value) in Self.headers where response.headers[name] == nil { response.headers[name] = value }
    return response
  }

  /// Takes the token out of the address, where others would read it, into a cookie.
  private func entering(_ request: Request, _ rules: AccessRules) -> Response {
    var response = Response(status: .seeOther, headers: [.location: request.uri.path])
    response.headers[.setCookie] = rules.cookie
    return response
  }

  private static let headers: [(HTTPField.Name, String)] =
    [
      (.contentSecurityPolicy, policy), (.xContentTypeOptions, "nosniff"), (.cacheControl, "no-store"),
    ]
    + ["Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"].compactMap { name, value in
      HTTPField.Name(name).map { ($0, value) }
    }
}
