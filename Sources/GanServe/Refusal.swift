import GanBase
import GanStore
import Hummingbird

/// What a client is told instead of a result.
struct Refusal: Error {
  let status: HTTPResponse.Status
  let message: String
  var help: String?
  /// Seconds after which the same request may succeed.
  var retryAfter: Int?

  static func badRequest(_ message: String, help: String? = nil) -> Refusal {
    Refusal(status: .badRequest, message: message, help: help)
  }

  static let notFound = Refusal(status: .notFound, message: "there is nothing at this address")

  /// Whatever a route throws.
  init(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case let error as GanError: self.init(error)
    case let error as HTTPError where error.status == .notFound: self = .notFound
    case let error as any HTTPResponseError:
      self.init(status: error.status, message: error.status.reasonPhrase.lowercased())
    default: self.init(status: .internalServerError, message: "internal error: \(error)")
    }
  }

  init(status: HTTPResponse.Status, message: String, help: String? = nil, retryAfter: Int? = nil) {
    (self.status, self.message, self.help, self.retryAfter) = (status, message, help, retryAfter)
  }

  private init(_ error: GanError) {
    let status: HTTPResponse.Status =
      switch error.code {
      case .usage: .badRequest
      case .input: .unprocessableContent
      // The run may get a checkpoint that can be used.
      case .checkpoint: .conflict
      default: .internalServerError
      }
    let first = error.diagnostics.first
    let text = (first?.location.map { "\($0): " } ?? "") + (first?.message ?? "failed without a reason")
    self.init(status: status, message: text, help: first?.help)
  }

  var response: Response {
    var members: [(key: String, value: JSONValue)] = [("error", .string(message))]
    if let help { members.append(("help", .string(help))) }
    var response = Response(json: .object(members), status: status)
    if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
    // What is left of the request is not read.
    response.headers[.connection] = "close"
    return response
  }
}

extension Response {
  init(json: JSONValue, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: json.encoded)))
  }

  init(bytes: some Sequence<UInt8>, type: String) {
    self.init(
      status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
