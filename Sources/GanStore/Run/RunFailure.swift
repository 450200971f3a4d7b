import GanBase

/// Why a run ended with an error: `failure.json` in its folder, until the run continues.
package struct RunFailure: Equatable, Sendable {
  static let fileName = "failure.json"

  package let code: ExitCode
  /// What happened, with its place.
  package let message: String
  /// The last step that was trained.
  package let step: Int

  package init(_ error: GanError, step: Int) {
    let first = error.diagnostics.first
    code = error.code
    message = (first?.location.map { "\($0): " } ?? "") + (first?.message ?? "")
    self.step = step
  }

  /// The failure of the run in a folder; nil if there was none, or if nothing is known of it.
  package init?(in folder: FilePath) {
    guard let file = try? InputFile(Self.path(in: folder), .input), let content = try? file.content(limit: 1 << 20),
      let json = try? JSONValue(parsing: String(decoding: content, as: UTF8.self)),
      let number = json["status"]?.integer, let status = Int32(exactly: number), let code = ExitCode(rawValue: status)
    else { return nil }
    self.code = code
    message = json["message"]?.string ?? ""
    step = json["step"]?.integer ?? 0
  }

  /// Writes the file if that is possible: where the disk is full, the message on the console has to do.
  package func write(in folder: FilePath) {
    let json: JSONValue = [
      "status": .integer(Int(code.rawValue)), "step": .integer(step), "message": .string(message),
    ]
    try? AtomicFile.write(json.encoded + "\n", to: Self.path(in: folder))
  }

  static func path(in folder: FilePath) -> FilePath { folder.appending(fileName) }
}
