import Foundation
import GanBase
import GanImage
import GanStore
import GanTestSupport
import Testing

/// `ganctl serve`, asked by a client.
@Suite struct ServeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func serve(_ model: String = SampleModel.pix2pix, _ arguments: [String] = []) throws -> ServedProgram {
    let checkpoint = try SampleModel.write(model, to: folder.file("model.safetensors"))
    return try ServedProgram(["--run", checkpoint] + arguments, in: folder)
  }

  /// The identifier of the first run.
  private func firstRun(_ server: ServedProgram) throws -> String {
    let runs = try server.get("/api/runs").json?["runs"]?.array
    return try #require(runs?.first?["id"]?.string)
  }

  private func picture(_ width: Int, _ height: Int) throws -> String {
    try folder.picture("drawing.png", width, height)
    return folder.bytes("drawing.png").base64EncodedString()
  }

  // MARK: Translation

  @Test func translatesAsTheCommandDoes() throws {
    let server = try serve()
    let run = try firstRun(server)
    let picture = try picture(70, 50)
    let result = try server.post("/api/translate", "{\"run\":\"\(run)\",\"picture\":\"\(picture)\",\"seed\":7}")
    #expect(result.status == 200 && result.headers["content-type"] == "image/png", "\(result.text)")
    #expect(result.headers["ganctl-checkpoint"] == "model")
    let command = try runGanctl([
      "translate", folder.file("drawing.png"), "--checkpoint", folder.file("model.safetensors"), "--seed", "7", "-o",
      folder.file("out.png"),
    ])
    #expect(command.status == 0)
    #expect(folder.bytes("out.png") == result.body)
    // As canvases give it, scaled, and with other random numbers.
    let scaled = try server.post(
      "/api/translate", "{\"run\":\"\(run)\",\"picture\":\"data:image/png;base64,\(picture)\",\"size\":64}")
    let made = try PictureFile.read(bytes: Array(scaled.body))
    #expect((made.width, made.height) == (89, 64))
  }

  @Test func modelsSayWhatTheyOffer() throws {
    let server = try serve(SampleModel.munit)
    let run = try firstRun(server)
    let model = try #require(try server.get("/api/runs/\(run)/model").json)
    #expect(model["model"] == "munit" && model["styles"] == true && model["checkpoint"] == "model")
    #expect(model["targets"]?.array?.compactMap { $0["name"]?.string } == ["AtoB", "BtoA"])
    let picture = try picture(32, 32)
    func result(_ more: String) throws -> ServedProgram.Answer {
      try server.post("/api/translate", "{\"run\":\"\(run)\",\"picture\":\"\(picture)\"\(more)}")
    }
    let answers = try ["", ",\"seed\":1", ",\"style\":\"\(picture)\"", ",\"target\":\"BtoA\""].map(result)
    #expect(answers.allSatisfy { $0.status == 200 })
    #expect(Set(answers.map(\.body)).count == 4)
    #expect(try result(",\"seed\":1").body == answers[1].body)
  }

  @Test func domainsAreChosenByName() throws {
    let server = try serve(SampleModel.stargan)
    let run = try firstRun(server)
    let model = try #require(try server.get("/api/runs/\(run)/model").json)
    #expect(model["kind"] == "domains" && model["size"] == 32)
    #expect(model["targets"]?.array?.compactMap { $0["name"]?.string } == ["cat", "dog", "fox"])
    let picture = try picture(32, 32)
    let results = try ["dog", "fox", "fxo"].map {
      try server.post("/api/translate", "{\"run\":\"\(run)\",\"picture\":\"\(picture)\",\"target\":\"\($0)\"}")
    }
    #expect(results.map(\.status) == [200, 200, 400] && results[0].body != results[1].body)
    #expect(results[2].json?["help"] == "did you mean fox? there are: cat, dog, fox")
  }

  // MARK: What goes wrong

  @Test func mistakesAreAnsweredInWords() throws {
    let server = try serve()
    let run = try firstRun(server), picture = try picture(20, 20)
    let cases: [(body: String, status: Int, words: String)] = [
      ("", 400, "the request is not JSON"), ("[]", 400, "the request is not a JSON object"),
      ("{\"run\":\"\(run)\"}", 400, "picture is missing"),
      ("{\"run\":3,\"picture\":\"\"}", 400, "run: expected a text"),
      ("{\"run\":\"x\",\"picture\":\"\(picture)\"}", 404, "there is no such run"),
      ("{\"run\":\"../../etc\",\"picture\":\"\(picture)\"}", 404, "there is no such run"),
      ("{\"run\":\"\(run)\",\"picture\":\"...\"}", 400, "picture: is not base64"),
      ("{\"run\":\"\(run)\",\"picture\":\"R0lGODlhAQABAAAAACw=\"}", 422, "is GIF inside"),
      ("{\"run\":\"\(run)\",\"picture\":\"\(picture.prefix(400))\"}", 422, "cannot decode the picture"),
      ("{\"run\":\"\(run)\",\"picture\":\"\(picture)\",\"sed\":1}", 400, "unknown key"),
      ("{\"run\":\"\(run)\",\"picture\":\"\(picture)\",\"target\":\"BtoA\"}", 400, "the model has no target"),
      ("{\"run\":\"\(run)\",\"picture\":\"\(picture)\",\"style\":\"\(picture)\"}", 400, "without attributes or styles"),
      ("{\"run\":\"\(run)\",\"picture\":\"\(picture)\",\"size\":0}", 400, "size: expected a number from 1 to 16384"),
    ]
    for (body, status, words) in cases {
      let answer = try server.post("/api/translate", body)
      #expect(answer.status == status && answer.json?["error"]?.string?.contains(words) == true, "\(words) \(answer)")
    }
  }

  @Test func largePicturesAreRefusedUnread() throws {
    let server = try serve()
    let run = try firstRun(server)
    // 60000x60000, of which there is only the header.
    var header = Array(try PictureFile.encodePNG(Picture(width: 1, height: 1, channels: 3)))
    for place in [18, 19, 22, 23] { header[place] = 0xEA }
    let body = "{\"run\":\"\(run)\",\"picture\":\"\(Data(header).base64EncodedString())\"}"
    #expect(try server.post("/api/translate", body).status == 422)
    let answer = try server.ask(
      "POST", "/api/translate", ["Content-Type": "application/json", "Content-Length": "200000000"])
    #expect(answer.status == 413 && answer.json?["error"] == "the picture is too large")
    // The connection ends soon, although the client has not sent what it announced, nor asked for the end.
    let begin = ContinuousClock.now
    let kept = try server.ask(
      "POST", "/api/translate",
      ["Content-Type": "application/json", "Content-Length": "200000000", "Connection": "keep-alive"])
    #expect(kept.status == 413 && ContinuousClock.now - begin < .seconds(15))
    // Of unknown length, sent in pieces.
    let endless = try server.send(
      server.request(
        "POST", "/api/translate", ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
      ).replacing("Content-Length: 0\r\n", with: ""))
    let piece = Data("1000000\r\n".utf8) + Data(repeating: 0x20, count: 1 << 24) + Data("\r\n".utf8)
    for _ in 0..<7 { endless.write(piece) }
    #expect(try endless.answer().status == 413)
    #expect(try server.get("/").status == 200)
  }

  @Test func thousandMalformedRequestsDoNotDisturbIt() throws {
    let server = try serve()
    let run = try firstRun(server)
    let heads = [
      "", "\r\n\r\n", "GET", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}",
      "GET /%ff%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "GET /../../../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
      "GET /runs/..%2f..%2fetc HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
      "POST /api/translate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
      "POST /api/translate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nab",
      "POST /api/translate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
      "POST /api/translate HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 100_000) + "\r\n\r\n",
    ]
    var random = RandomStream(seed: 3)
    for number in 0..<1000 {
      var bytes = Data(heads[number % heads.count].utf8)
      for _ in 0..<number % 3 where !bytes.isEmpty {
        bytes[random.below(bytes.count)] = UInt8(random.below(256))
      }
      _ = try server.send(bytes)
    }
    let picture = try picture(16, 16)
    let result = try server.post("/api/translate", "{\"run\":\"\(run)\",\"picture\":\"\(picture)\"}")
    #expect(result.status == 200, "\(result.text)")
    #expect(server.end(by: SIGTERM).status == 143)
  }

  // MARK: Busy

  /// Pictures that take seconds each, and clients that come and go.
  @Test func oneAtATimeAndThoseWhoGoAwayFreeTheirPlaces() throws {
    let server = try serve(SampleModel.cyclegan)
    let run = try firstRun(server)
    try folder.picture("large.png", Picture(width: 2000, height: 2000, channels: 3, fill: 200))
    let large = folder.bytes("large.png").base64EncodedString()
    let request = server.request(
      "POST", "/api/translate", ["Content-Type": "application/json"], "{\"run\":\"\(run)\",\"picture\":\"\(large)\"}")
    var clients = try (0..<5).map { _ in try server.send(request) }
    let small = "{\"run\":\"\(run)\",\"picture\":\"\(try picture(16, 16))\"}"
    // They need a moment to be read; then all places are taken.
    var answer = try server.post("/api/translate", small)
    for _ in 0..<100 where answer.status != 503 {
      usleep(20_000)
      answer = try server.post("/api/translate", small)
    }
    #expect(answer.status == 503 && answer.headers["retry-after"] == "2", "\(answer.text)")
    #expect(answer.json?["error"] == "the server is busy with other pictures")
    clients.removeAll()
    let begin = ContinuousClock.now
    repeat { answer = try server.post("/api/translate", small) } while answer.status == 503
    #expect(answer.status == 200 && ContinuousClock.now - begin < .seconds(10), "\(answer.text)")
  }

  // MARK: Who may ask

  @Test func otherSitesMayAskForNothing() throws {
    let server = try serve()
    func status(_ host: String) throws -> Int { try server.get("/", ["Host": host]).status }
    #expect(try ["127.0.0.1", "localhost:8787", "[::1]:1"].map(status) == [200, 200, 200])
    #expect(try ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""].map(status) == [421, 421, 421, 400])
    let own = "http://127.0.0.1:\(server.port)"
    func post(_ headers: [String: String]) throws -> Int { try server.post("/api/translate", "{}", headers).status }
    #expect(try post(["Origin": own]) == 400)
    for origin in ["http://evil.example", "null", "https://127.0.0.1:\(server.port)", "http://127.0.0.1:1"] {
      #expect(try post(["Origin": origin]) == 403, "\(origin)")
    }
    #expect(try post(["Sec-Fetch-Site": "cross-site"]) == 403)
    #expect(try post(["Content-Type": "text/plain"]) == 415)
  }

  @Test func othersNeedTheToken() throws {
    let server = try serve(SampleModel.pix2pix, ["--host", "0.0.0.0"])
    #expect(server.addresses.count == 2)
    let address = try #require(server.addresses.last)
    let token = try #require(address.split(separator: "=").last.map(String.init))
    #expect(address == "http://127.0.0.1:\(server.port)/?token=\(token)" && token.count == 32)
    #expect(try server.get("/").status == 401)
    #expect(try server.get("/?token=\(String(token.reversed()))").status == 401)
    let entry = try server.get("/?token=\(token)")
    #expect(entry.status == 303 && entry.headers["location"] == "/")
    let cookie = try #require(entry.headers["set-cookie"])
    #expect(cookie == "ganctl-\(server.port)=\(token); HttpOnly; SameSite=Lax; Path=/")
    #expect(try server.get("/", ["Cookie": String(cookie.prefix { $0 != ";" })]).status == 200)
    #expect(try server.get("/api/runs", ["Authorization": "Bearer \(token)"]).status == 200)
    // By an address, but not by the name of another site.
    let known = ["Authorization": "Bearer \(token)"]
    #expect(try server.get("/", known.merging(["Host": "192.0.2.7"]) { $1 }).status == 200)
    #expect(try server.get("/", known.merging(["Host": "evil.example"]) { $1 }).status == 421)
  }

  // MARK: Runs

  @Test func aRunIsShownInPartsThatAreSentOnce() throws {
    let server = try serve()
    #expect(try server.get("/api/runs/\(try firstRun(server))/report").status == 404)
    #expect(try server.get("/api/runs/..%2F..%2Fetc/report").status == 404)
    let run = folder.file("run")
    try AtomicFile.makeFolder(FilePath(run + "/checkpoints"))
    try AtomicFile.write(
      "model: {name: pix2pix}\ndata: {root: data}\ntrain: {steps: 40}\n", to: FilePath(run + "/config.yaml"))
    let log = FilePath(run + "/log.jsonl")
    try AtomicFile.write("{\"step\":10,\"epoch\":1,\"G_<b>\":1.5}\n", to: log)
    let watching = try ServedProgram(["--run", run], in: folder)
    let address = "/api/runs/\(try firstRun(watching))/report"
    let first = try #require(try watching.get(address).json)
    #expect(first["state"] == "interrupted" && first["steps"] == 40 && first["model"] == "pix2pix")
    #expect(first["path"] == nil && first["checkpoint"] == nil && first["usable"] == false)
    let parts = try #require(first["parts"]?.array)
    #expect(parts.compactMap { $0["id"]?.string } == ["summary", "notes", "losses", "configuration"])
    #expect(parts[2]["html"]?.string?.contains("G_&lt;b&gt;") == true)
    let marks = parts.compactMap { $0["mark"]?.string }.joined(separator: ",")
    let second = try #require(try watching.get("\(address)?known=\(marks)").json?["parts"]?.array)
    #expect(second.count == 4 && second.allSatisfy { $0["html"] == nil })
    // What has changed comes with its content, as soon as making it may take time again.
    try AtomicFile.write("{\"step\":10,\"epoch\":1,\"G_<b>\":1.5}\n{\"step\":20,\"epoch\":1,\"G_<b>\":1}\n", to: log)
    var changed: [String] = []
    for _ in 0..<1000 where changed.isEmpty {
      usleep(20_000)
      let parts = try watching.get("\(address)?known=\(marks)").json?["parts"]?.array ?? []
      changed = parts.filter { $0["html"] != nil }.compactMap { $0["id"]?.string }
    }
    #expect(changed == ["summary", "losses"])
  }

  // MARK: Begin and end

  @Test func endsByASignalAtOnce() throws {
    for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
      // Where other tests keep the machine busy, once out of three times has to do.
      var seconds = Double.infinity
      for _ in 0..<3 where seconds >= 2 {
        let server = try serve()
        // A connection that is open does not hold it back.
        let idle = try server.send("GET / HTTP/1.1\r\n")
        let end = server.end(by: signal)
        #expect(end.status == status)
        seconds = end.seconds
        withExtendedLifetime(idle) {}
      }
      #expect(seconds < 2)
    }
  }

  @Test func anAddressInUseIsAnError() throws {
    let server = try serve()
    let second = try runGanctl(["serve", "--port", "\(server.port)", "--threads", "1"])
    #expect(second.status == 5)
    #expect(second.messages.contains("port \(server.port) of 127.0.0.1 is in use"), "\(second.messages)")
    let foreign = try runGanctl(["serve", "--port", "0", "--host", "192.0.2.1", "--threads", "1"])
    #expect(foreign.status == 5 && foreign.messages.contains("192.0.2.1 is no name or address of this machine"))
    #expect(try runGanctl(["serve", "--port", "65536"]).status == 2)
    let missing = try runGanctl(["serve", "--run", folder.file("nowhere")])
    #expect(missing.status == 4 && missing.messages.contains("there is no such checkpoint or run"))
  }

  @Test func pagesNeedNothingElse() throws {
    let server = try serve()
    for path in [
      "/", "/runs", "/runs/x", "/style.css", "/studio.js", "/canvas.js", "/common.js", "/runs.js", "/run.js",
      "/report.css", "/report.js",
    ] {
      let page = try server.get(path)
      #expect(page.status == 200 && page.body.count > 100, "\(path)")
      #expect(!page.text.contains("{{"), "\(path)")
      #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'self'") == true)
      let links = page.text.matches(of: #/https?:\/\/[^\s'"]*/#).map { String($0.0) }
      #expect(links.allSatisfy { $0 == "http://www.w3.org/2000/svg" }, "\(path) \(links)")
    }
    #expect(try server.get("/nothing").status == 404)
    #expect(try server.ask("DELETE", "/", [:]).status == 404)
    #expect(try server.ask("HEAD", "/", [:]).status == 200)
  }
}
