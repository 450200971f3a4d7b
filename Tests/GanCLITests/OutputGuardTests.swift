import Foundation
import GanBase
import GanTestSupport
import Testing

/// Outputs never replace an input, a file of a run, or what is no file of their kind.
@Suite struct OutputGuardTests {
  private let folder: TemporaryFolder

  /// A checkpoint `z` and a run `r` with two checkpoints.
  init() throws {
    folder = try TemporaryFolder()
    try SampleModel.write(SampleModel.cyclegan, to: folder.file("z"))
    for name in ["1", "2"] {
      try AtomicFile.makeFolder(folder.file("r/checkpoints"))
      try SampleModel.write(SampleModel.cyclegan, to: folder.file("r/checkpoints/step-00000\(name).safetensors"))
    }
    try AtomicFile.write("keep: 1\n", to: folder.file("r/config.yaml"))
    try folder.picture("d/1.png", 32, 32)
    try folder.picture("t/1.png", 32, 32, seed: 2)
  }

  private func expectRefusal(
    _ command: String, of file: String, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = folder.bytes(file)
    let result = try runScript("timeout 30 $G \(command)", in: folder)
    #expect(result.status == 2, "\(result.status): \(result.messages)", sourceLocation: sourceLocation)
    #expect(result.messages.contains(reason), "\(result.messages)", sourceLocation: sourceLocation)
    #expect(folder.bytes(file) == before, sourceLocation: sourceLocation)
  }

  @Test func whatIsReadStays() throws {
    try expectRefusal("translate d -o d/../t --compare t --checkpoint z", of: "t/1.png", "overwrite a target")
    try expectRefusal("translate d/1.png -o d/1.png --checkpoint z", of: "d/1.png", "overwrite an input")
    link(folder.file("d/1.png"), folder.file("other.png"))
    try expectRefusal("translate d/1.png -o other.png --checkpoint z", of: "other.png", "overwrite an input")
    try SampleModel.write(SampleModel.munit, to: folder.file("y"))
    try expectRefusal(
      "translate d/1.png --checkpoint y --style t/1.png -o t/1.png", of: "t/1.png", "overwrite the style")
    try expectRefusal("import z --config c -o z", of: "z", "overwrite an input")
  }

  @Test func filesOfARunStay() throws {
    try expectRefusal("export r -o r/config.yaml", of: "r/config.yaml", ".yaml files are not written")
    for step in 1...2 {
      let file = "r/checkpoints/step-00000\(step).safetensors"
      try expectRefusal("export r -o \(file)", of: file, "overwrite")
      try expectRefusal("export z -o \(file)", of: file, "is a file of the run r")
    }
    try AtomicFile.makeFolder(folder.file("p"))
    try AtomicFile.write("keep", to: folder.file("p/latest"))
    for side in ["A", "B"] { try folder.picture("s/train\(side)/1.png", 32, 32) }
    try AtomicFile.write(
      """
      model: {name: cyclegan, generator: resnet_3blocks, ngf: 2, ndf: 2}
      data: {root: s, load_size: 32, crop_size: 32}
      train: {steps: 1}
      """, to: folder.file("c"))
    let run = try runScript("$G train --config c --run p/x --threads 1", in: folder)
    #expect(run.status == 0 && run.messages.contains("p/latest is a file"), "\(run.messages)")
    #expect(folder.bytes("p/latest") == Data("keep".utf8))
    let outside = try runScript("$G train --config c --set name=../x", in: folder)
    #expect(outside.status == 2 && !FilePath(folder.file("x")).exists, "\(outside.messages)")
  }

  @Test func onlyFilesOfTheirKindAreReplaced() throws {
    try AtomicFile.write("my notes", to: folder.file("notes.safetensors"))
    try expectRefusal("export z -o notes.safetensors", of: "notes.safetensors", "no .safetensors file inside")
    try AtomicFile.write("my notes", to: folder.file("notes.png"))
    try expectRefusal("translate d/1.png -o notes.png --checkpoint z", of: "notes.png", "no .png file inside")
    symlink("notes.safetensors", folder.file("link.safetensors"))
    try expectRefusal("export z -o link.safetensors", of: "link.safetensors", "is a link to notes.safetensors")
    mkfifo(folder.file("pipe"), 0o600)
    try expectRefusal("export z -o pipe", of: "z", "named pipe")
    try expectRefusal("export z -o /dev/null", of: "z", "is a device")
    #expect(FileStatus("/dev/null")?.kind == .device)
    symlink("/dev/full", folder.file("full.npz"))
    try expectRefusal("eval-fid d --stats full.npz --features built-in", of: "z", "is a link to /dev/full")
  }

  /// Links that wait under the name that temporary files had, and names that are as long as they may be.
  @Test func writingTouchesNothingElse() throws {
    symlink("z", folder.file("o.safetensors.tmp-1"))
    let name = String(repeating: "n", count: 243) + ".safetensors"
    let result = try runScript(
      "$G export z -o o.safetensors && chmod 600 o.safetensors && $G export z -o o.safetensors && "
        + "stat -c %a o.safetensors && $G export z -o \(name) && ls -a", in: folder)
    #expect(result.status == 0 && result.output.contains("\n600\n"), "\(result.messages)")
    #expect(!result.output.contains(".ganctl-"))
  }

  /// Before anything is computed.
  @Test(arguments: [
    ("translate d -o z/out --checkpoint z", 5), ("export z -o c/x.safetensors", 5),
    ("verify . --dump c/x.safetensors", 5), ("eval-fid d --stats c/x.npz --features built-in", 5),
    ("train --config k --run c/x", 5),
  ]) func placesThatCannotBeWrittenAreFoundFirst(command: String, status: Int32) throws {
    try AtomicFile.write("a file", to: folder.file("c"))
    try AtomicFile.write(
      "model: {name: cyclegan, generator: resnet_3blocks, ngf: 2, ndf: 2}\ndata: {root: d}\n", to: folder.file("k"))
    let result = try runScript("$G \(command)", in: folder)
    #expect(result.status == status && result.messages.contains("cannot write"), "\(result.status): \(result.messages)")
    #expect(result.output == "")
  }
}
