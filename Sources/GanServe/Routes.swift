import GanBase
import GanReport
import GanStore
import HTTPTypes
import Hummingbird

/// What the server answers.
struct Routes: Sendable {
  typealias Context = ServedConnection

  let runs: ServedRuns
  let desk: TranslationDesk
  let reader: RunReader
  /// Seconds that a client has for sending its picture.
  private static let sendingSeconds = 60

  func router(rules: @escaping @Sendable () -> AccessRules?) -> Router<Context> {
    let router = Router(context: Context.self, options: .autoGenerateHeadEndpoints)
    router.middlewares.add(Guard(rules: rules))
    addPages(to: router)
    addStudio(to: router)
    addRuns(to: router)
    return router
  }

  private func addPages(to router: Router<Context>) {
    let script = "text/javascript; charset=utf-8", css = "text/css; charset=utf-8"
    let files: [(path: RouterPath, content: [UInt8], type: String)] = [
      ("/style.css", PackageResources.style_css, css), ("/common.js", PackageResources.common_js, script),
      ("/canvas.js", PackageResources.canvas_js, script), ("/studio.js", PackageResources.studio_js, script),
      ("/runs.js", PackageResources.runs_js, script), ("/run.js", PackageResources.run_js, script),
      ("/report.css", Array(RunReport.style(runs: 1).utf8), css), ("/report.js", Array(RunReport.script.utf8), script),
    ]
    let pages = Page.all.map { page in
      (path: RouterPath(page.path), content: Array(page.html.utf8), type: "text/html; charset=utf-8")
    }
    for file in files + pages {
      router.get(file.path) { _, _ in Response(bytes: file.content, type: file.type) }
    }
  }

  // MARK: Studio

  private func addStudio(to router: Router<Context>) {
    router.get("/api/runs/:id/model") { _, context in
      let run = try runs.run(context.parameters.get("id") ?? "")
      return try await desk.withPlace {
        Response(json: try await desk.compute { models, _ in try models.model(run).description })
      }
    }
    router.post("/api/translate") { request, _ in
      try Self.checkHead(request)
      return try await desk.withPlace { try await translation(request) }
    }
  }

  /// - Throws: `Refusal` for what need not be read.
  private static func checkHead(_ request: Request) throws {
    guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
      throw Refusal(status: .unsupportedMediaType, message: "expected a request of the type application/json")
    }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > TranslationCall.mostBytes {
      throw TranslationCall.tooLarge
    }
  }

  private func translation(_ request: Request) async throws -> Response {
    let body = request.body
    let content = try await within(seconds: Self.sendingSeconds) {
      do { return try await body.collect(upTo: TranslationCall.mostBytes) } catch is any HTTPResponseError {
        throw TranslationCall.tooLarge
      }
    }
    let call = try TranslationCall(content)
    let run = try runs.run(call.run)
    // From here on nothing comes from the client but its going away.
    var rest = request
    rest.body = RequestBody(buffer: ByteBuffer())
    let answer = try await rest.body.consumeWithCancellationOnInboundClose { _ in
      try await desk.compute { models, isCancelled in try call.answer(models.model(run), isCancelled: isCancelled) }
    }
    var response = Response(bytes: answer.png, type: "image/png")
    // The connection was read to its end, to know when the client goes away.
    response.headers[.connection] = "close"
    if let name = HTTPField.Name("Ganctl-Checkpoint"), answer.checkpoint.utf8.allSatisfy({ (0x21...0x7E) ~= $0 }) {
      response.headers[name] = answer.checkpoint
    }
    return response
  }

  // MARK: Runs

  private func addRuns(to router: Router<Context>) {
    router.get("/api/runs") { _, _ in Response(json: await reader.list()) }
    router.get("/api/runs/:id/report") { request, context in
      let run = try runs.run(context.parameters.get("id") ?? "")
      let known = request.uri.queryParameters["known"]?.split(separator: ",").map(String.init) ?? []
      return Response(json: try await reader.report(run, known: Set(known)))
    }
  }
}

/// What `work` returns within that time.
/// - Throws: `Refusal` if it takes longer; what it throws.
private func within<Result: Sendable>(
  seconds: Int, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: .seconds(seconds))
      throw Refusal(status: .requestTimeout, message: "the request did not arrive within \(seconds) seconds")
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw CancellationError() }
    return result
  }
}
