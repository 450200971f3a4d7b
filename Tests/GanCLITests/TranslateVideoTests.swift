import Foundation
import GanTestSupport
import Testing

/// Videos, which ffmpeg reads and writes.
@Suite struct TranslateVideoTests {
  private let folder: TemporaryFolder
  private let checkpoint: String

  init() throws {
    folder = try TemporaryFolder()
    checkpoint = try SampleModel.write(SampleModel.cyclegan, to: folder.file("model.safetensors"))
  }

  private func ffmpeg(_ arguments: String...) throws {
    let made = try runProgram("/usr/bin/ffmpeg", ["-v", "error", "-nostdin"] + arguments)
    try #require(made.status == 0, "\(made.messages)")
  }

  private func facts(_ name: String) throws -> String {
    try runProgram(
      "/usr/bin/ffprobe",
      [
        "-v", "error", "-count_frames", "-show_entries", "stream=codec_type,width,height,r_frame_rate,nb_read_frames",
        "-of", "csv", folder.file(name),
      ]
    ).output
  }

  private func translate(_ arguments: String..., path: String? = nil) throws -> ProgramResult {
    try runGanctl(
      ["translate", "--checkpoint", checkpoint, "--threads", "2"] + arguments,
      environment: path.map { ["PATH": $0] } ?? [:])
  }

  @Test func rateLengthAndSoundStay() throws {
    try ffmpeg(
      "-f", "lavfi", "-i", "testsrc=size=48x32:rate=30000/1001:duration=0.5", "-f", "lavfi", "-i",
      "sine=frequency=440:duration=0.5", "-c:v", "mpeg4", "-c:a", "aac", folder.file("in.mp4"))
    let made = try translate(folder.file("in.mp4"), "-o", folder.file("out.mp4"))
    #expect(made.status == 0 && made.messages.contains("15 frames in"), "\(made.messages)")
    let facts = try facts("out.mp4").split(separator: "\n")
    #expect(facts.count == 2 && facts[0] == "stream,video,48,32,30000/1001,15", "\(facts)")
    #expect(try facts == self.facts("in.mp4").split(separator: "\n"))
    #expect(facts[1].hasPrefix("stream,audio"))
    #expect(folder.bytes("out.mp4") != folder.bytes("in.mp4"))
  }

  /// Next to the input, and of an odd size; the same again gives the same.
  @Test func oddSizesAndTheUsualPlace() throws {
    try ffmpeg("-f", "lavfi", "-i", "testsrc=size=49x33:rate=10:duration=0.3", "-c:v", "ffv1", folder.file("in.mkv"))
    #expect(try translate(folder.file("in.mkv")).output == folder.file("in_translated.mkv") + "\n")
    #expect(try facts("in_translated.mkv").hasPrefix("stream,video,49,33,10/1,3"))
    let first = folder.bytes("in_translated.mkv")
    #expect(try translate(folder.file("in.mkv"), "-o", folder.file("again.mkv")).status == 0)
    #expect(!first.isEmpty && folder.bytes("again.mkv").count == first.count)
  }

  @Test func whatCannotBeDone() throws {
    try Data("no video".utf8).write(to: URL(fileURLWithPath: folder.file("in.mp4")))
    let damaged = try translate(folder.file("in.mp4"))
    #expect(damaged.status == 3 && damaged.messages.contains("no video that ffmpeg can read"), "\(damaged.messages)")
    let missing = try translate(folder.file("in.mp4"), path: "/nowhere")
    #expect(missing.status == 5 && missing.messages.contains("apt-get install ffmpeg"), "\(missing.messages)")
    let several = try translate(folder.file("in.mp4"), folder.file("other.png"))
    #expect(several.status == 2 && several.messages.contains("by itself"), "\(several.messages)")
    let picture = try translate(folder.file("in.mp4"), "-o", folder.file("out.png"))
    #expect(picture.status == 2 && picture.messages.contains("no name of a video"), "\(picture.messages)")
    let itself = try translate(folder.file("in.mp4"), "-o", folder.file("in.mp4"))
    #expect(itself.status == 2 && itself.messages.contains("the input"), "\(itself.messages)")
    let grid = try translate(folder.file("in.mp4"), "--grid")
    #expect(grid.status == 2 && grid.messages.contains("--grid is for pictures"), "\(grid.messages)")
    #expect(folder.names(in: "").sorted() == ["in.mp4", "model.safetensors"])
  }
}
