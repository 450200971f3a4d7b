import Foundation
import GanBase
import GanImage
import GanStore

/// A video file, read and written frame by frame by the `ffmpeg` program.
package struct Video {
  package let path: FilePath
  /// Of the frames as they are shown.
  let width: Int, height: Int
  /// Frames per second as a fraction, in ffmpeg's words: `30000/1001`.
  let rate: String
  /// An estimate; nil if the file does not tell.
  package let frames: Int?

  /// Endings of the names of video files, and what ffmpeg calls their formats.
  private static let formats = [
    "mp4": "mp4", "m4v": "mp4", "mov": "mov", "mkv": "matroska", "webm": "webm", "avi": "avi", "mpg": "mpeg",
    "mpeg": "mpeg", "ts": "mpegts", "ogv": "ogg", "wmv": "asf", "flv": "flv",
  ]

  /// Whether a name is that of a video.
  package static func isNamed(_ path: FilePath) -> Bool { formats[path.ending] != nil }

  /// - Throws: `GanError`: (environment) if there is no ffmpeg, (input) if the file is no video or too large.
  package init(_ path: FilePath) throws {
    _ = try InputFile(path, .input, "video")
    self.path = path
    let probe = try Helper(
      "ffprobe",
      ["-v", "error", "-select_streams", "v:0", "-show_streams", "-show_format", "-of", "json", path.argument])
    let text = try probe.output.readToEnd() ?? Data()
    try probe.finish(at: path, code: .input, "is no video that ffmpeg can read")
    let told = try? JSONValue(parsing: String(decoding: text, as: UTF8.self))
    guard let stream = told?["streams"]?.array?.first,
      let width = stream["width"]?.integer, let height = stream["height"]?.integer
    else { throw GanError.input("has no pictures", at: path) }
    let turns = (stream["side_data_list"]?.array ?? []).compactMap { $0["rotation"]?.number }.first ?? 0
    let isTurned = Int(abs(turns).rounded()) % 180 == 90
    (self.width, self.height) = isTurned ? (height, width) : (width, height)
    try PictureLimits.check(width: self.width, height: self.height, at: path)
    let rates = ["avg_frame_rate", "r_frame_rate"].compactMap { stream[$0]?.string }
    let rate = rates.first { Self.perSecond($0) != nil } ?? "25/1"
    self.rate = rate
    let seconds = (stream["duration"] ?? told?["format"]?["duration"])?.string.flatMap(Double.init)
    frames =
      stream["nb_frames"]?.string.flatMap { Int($0) }
      ?? seconds.flatMap { seconds in Self.perSecond(rate).map { max(1, Int((seconds * $0).rounded())) } }
  }

  package var size: PictureSize { PictureSize(width: width, height: height) }

  private static func perSecond(_ rate: String) -> Double? {
    let parts = rate.split(separator: "/").compactMap { Double($0) }
    guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
    return parts[0] / parts[1]
  }

  /// Translates every frame into another video of the same rate, length and sound.
  /// - Parameters:
  ///   - parallel: how many frames to hand to `translate` at a time.
  ///   - translate: frames in their order to results of equal sizes.
  ///   - shouldStop: called before each group of frames.
  /// - Returns: the number of frames; nil if it was stopped, and then nothing was written.
  /// - Throws: what `translate` throws; `GanError`: (input) if the file is damaged, (environment) if ffmpeg cannot write
  ///   the result.
  package func translate(
    to output: FilePath, parallel: Int, _ translate: ([Picture]) throws -> [Picture], shouldStop: () -> Bool
  ) throws -> Int? {
    guard let format = Self.formats[output.ending] else { throw GanError(.bug, "no video is called \(output)") }
    let decoder = try Helper(
      "ffmpeg",
      [
        "-v", "error", "-nostdin", "-i", path.argument, "-map", "0:v:0", "-r", rate, "-f", "rawvideo", "-pix_fmt",
        "rgb24", "-",
      ])
    defer { decoder.end() }
    var count = 0, isStopped = false
    do {
      try AtomicFile.write(to: output) { writer in
        var encoder: Helper?
        defer { encoder?.end() }
        while let frames = try read(parallel, from: decoder) {
          if shouldStop() { throw CancellationError() }
          for result in try translate(frames) {
            let current =
              try encoder ?? Helper("ffmpeg", encoding(result, format, to: writer.reopened, output), takesInput: true)
            encoder = current
            try current.write(result.pixels, at: output)
          }
          count += frames.count
        }
        if shouldStop() { throw CancellationError() }
        try decoder.finish(at: path, code: .input, "cannot be read to its end")
        guard let encoder else { throw GanError.input("has no pictures", at: path) }
        try encoder.finish(at: output, code: .environment, "ffmpeg cannot write the result")
      }
    } catch {
      // A signal from the terminal ends ffmpeg, too.
      guard error is CancellationError || shouldStop() else { throw error }
      isStopped = true
    }
    return isStopped ? nil : count
  }

  private func encoding(_ frame: Picture, _ format: String, to place: String, _ output: FilePath) -> [String] {
    let isEven = frame.width % 2 == 0 && frame.height % 2 == 0, copiesSound = output.ending == path.ending
    let codec = [
      "webm": ["-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0"], "ogg": ["-q:v", "8"], "mpeg": ["-q:v", "3"],
    ]
    return [
      "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", frame.channels == 1 ? "gray" : "rgb24",
      "-s", "\(frame.width)x\(frame.height)", "-r", rate, "-i", "-", "-i", path.argument, "-map", "0:v", "-map", "1:a?",
      "-map_metadata", "1",
    ] + (copiesSound ? ["-c:a", "copy"] : [])
      + (codec[format] ?? ["-c:v", "libx264", "-crf", "18"])
      // The usual halved colours need an even size.
      + ["-pix_fmt", isEven ? "yuv420p" : "yuv444p", "-f", format, place]
  }

  /// The next frames; nil after the last.
  private func read(_ count: Int, from decoder: Helper) throws -> [Picture]? {
    var frames: [Picture] = []
    let bytes = 3 * width * height
    while frames.count < count {
      var pixels: [UInt8] = []
      pixels.reserveCapacity(bytes)
      while pixels.count < bytes, let part = try decoder.output.read(upToCount: bytes - pixels.count), !part.isEmpty {
        pixels.append(contentsOf: part)
      }
      // A frame that is cut short is no frame; the exit status tells why.
      guard pixels.count == bytes else { break }
      frames.append(Picture(width: width, height: height, channels: 3, pixels: pixels))
    }
    return frames.isEmpty ? nil : frames
  }
}

extension FilePath {
  /// For ffmpeg, which takes names such as `-x` for options and `a:b` for protocols.
  fileprivate var argument: String { "file:" + string }
}

/// A running program of the ffmpeg family.
private final class Helper {
  private let process = Process()
  private let input: Pipe?
  let output: FileHandle
  private let complaints = Complaints()
  private let name: String

  init(_ name: String, _ arguments: [String], takesInput: Bool = false) throws {
    self.name = name
    let out = Pipe(), errors = Pipe()
    input = takesInput ? Pipe() : nil
    output = out.fileHandleForReading
    // Found in PATH.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = out
    process.standardError = errors
    guard Self.isInstalled(name) else {
      throw GanError.environment(
        "videos are read and written by \(name), which is not installed",
        help: "apt-get install ffmpeg; or split the video into numbered pictures and translate their folder")
    }
    do { try process.run() } catch { throw GanError.environment("cannot start \(name): \(error.localizedDescription)") }
    complaints.collect(from: errors.fileHandleForReading)
  }

  private static func isInstalled(_ name: String) -> Bool {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  func write(_ bytes: [UInt8], at path: FilePath) throws {
    guard let input else { return }
    do {
      try input.fileHandleForWriting.write(contentsOf: bytes)
    } catch {
      // It has ended; what it said is the reason.
      try finish(at: path, code: .environment, "\(name) cannot write the result")
      throw GanError.environment("\(name) ended early", at: path)
    }
  }

  /// Waits for its end.
  /// - Throws: `GanError` with this code and what the program said if it failed.
  func finish(at path: FilePath, code: ExitCode, _ what: String) throws {
    try? input?.fileHandleForWriting.close()
    process.waitUntilExit()
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      throw GanError(code, what, at: path, help: complaints.last.map { "\(name) says: \($0)" })
    }
  }

  /// Ends it if it still runs.
  func end() {
    try? input?.fileHandleForWriting.close()
    try? output.close()
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }
}

/// The last line of what a program complains of; a damaged file may give thousands.
private final class Complaints: @unchecked Sendable {
  private let condition = NSCondition()
  private var text = ""
  private var isComplete = false

  func collect(from handle: FileHandle) {
    let code = BackgroundThread.start("ganctl-ffmpeg") { [self] in
      while let data = try? handle.read(upToCount: 4096), !data.isEmpty {
        condition.withLock { text = String((text + String(decoding: data, as: UTF8.self)).suffix(2000)) }
      }
      condition.withLock {
        isComplete = true
        condition.broadcast()
      }
    }
    if code != 0 { condition.withLock { isComplete = true } }
  }

  /// nil if there was none.
  var last: String? {
    condition.withLock {
      while !isComplete { condition.wait() }
      return text.split(separator: "\n").last.map(String.init)
    }
  }
}
