import Foundation
import GanBase
import GanTestSupport
import Testing

/// Runs a shell's script in a folder, where `$G` is the program.
func runScript(_ script: String, in folder: TemporaryFolder) throws -> ProgramResult {
  try runProgram(
    "/bin/sh", ["-c", "cd \"$0\" && \(script)", folder.path], environment: ["G": try builtProgram()])
}

@Suite struct PathTests {
  private let folder: TemporaryFolder

  /// A checkpoint `z`, pictures for training in `d`, and a configuration `c`.
  init() throws {
    folder = try TemporaryFolder()
    try SampleModel.write(SampleModel.cyclegan, to: folder.file("z"))
    for name in ["d/trainA/1.png", "d/trainB/1.png"] { try folder.picture(name, 32, 32) }
    try AtomicFile.write(
      """
      model: {name: cyclegan, generator: resnet_3blocks, ngf: 2, ndf: 2}
      data: {root: d, load_size: 32, crop_size: 32}
      train: {steps: 1}
      """, to: folder.file("c"))
  }

  @Test func pathsOfOneLetter() throws {
    #expect(try runScript("$G inspect z", in: folder).status == 0)
    #expect(try runScript("$G export z -o m", in: folder).status == 0)
    let run = try runScript("$G train --config c --run r --threads 1", in: folder)
    #expect(run.status == 0 && run.output == "r/checkpoints/step-000001.safetensors\n", "\(run.messages)")
    let further = try runScript("$G train --resume r --set train.steps=2 --threads 1", in: folder)
    #expect(further.output == "r/checkpoints/step-000002.safetensors\n", "\(further.messages)")
    #expect(try runScript("$G translate d/trainA/1.png -o t --run r && ls t", in: folder).output.hasSuffix("1.png\n"))
    #expect(try runScript("$G train --config x", in: folder).status == 2)
  }

  @Test(arguments: ["''", "/", ".", "..", "d/", "z/", "x", "//", "./z/.."])
  func anyPathIsAnswered(path: String) throws {
    for command in ["inspect \(path)", "train --resume \(path)", "translate z --run \(path)", "train --config \(path)"]
    {
      let result = try runScript("$G \(command)", in: folder)
      #expect([0, 2, 3, 4].contains(result.status), "\(command): \(result.status) \(result.messages)")
    }
  }

  /// A Windows archive's names in Latin-1, and names that look alike.
  @Test func namesAreBytes() throws {
    try folder.picture("in/1.png", 32, 32, seed: 1)
    try folder.picture("in/2.png", 32, 32, seed: 2)
    let made = try runScript(
      #"""
      e=$(printf 'caf\351') && mkdir "$e" && cp in/1.png "$e/$e.png" && cp in/2.png "$e/$(printf 'caf\350').png" &&
      $G translate "$e" --checkpoint z && test -f "${e}_translated/$e.png" && ls "${e}_translated" | wc -l &&
      $G train --config c --run "$e-run" --threads 1 && $G inspect "$e-run" | head -1
      """#, in: folder)
    #expect(made.status == 0 && made.output.hasPrefix(#"caf\xE9_translated/"#), "\(made.messages)")
    #expect(made.output.contains("\n2\n") && made.output.contains(#"caf\xE9-run/checkpoints"#), "\(made.output)")
    let alike = try runScript(
      #"""
      mkdir n && cp in/1.png "n/$(printf '\303\251').png" && cp in/2.png "n/$(printf 'e\314\201').png" &&
      $G translate n -o o --checkpoint z && ls o | wc -l
      """#, in: folder)
    #expect(alike.status == 0 && alike.output.hasSuffix("2\n"), "\(alike.messages)")
  }

  @Test func namesForgeNoLines() throws {
    let result = try runScript(#"$G translate "$(printf 'a\nganctl: error: forged\033[2J')""#, in: folder)
    #expect(result.status == 3 && !result.messages.contains("\nganctl: error: forged"))
    #expect(result.messages.contains(#"a\nganctl: error: forged\x1B[2J"#), "\(result.messages)")
  }

  @Test func aConfigurationMayComeFromTheStandardInput() throws {
    #expect(try runScript("$G train --config - --run r --threads 1 <c", in: folder).status == 0)
  }

  /// Nobody writes into the pipes: waiting for somebody would be for ever.
  @Test(arguments: [
    ("inspect p.safetensors", 4), ("export p.safetensors -o o", 4), ("translate p.png --checkpoint z", 3),
    ("translate d --checkpoint p.safetensors", 4), ("train --config p.yaml", 2), ("train --config /dev/zero", 2),
    ("import p.pth --config c -o o", 4), ("import z --config p.yaml -o o", 2),
    ("eval-fid d p.npz --features built-in", 4),
    ("eval-fid d d --weights p.pth", 4), ("verify v", 4), ("inspect /dev/zero", 4),
    ("train --config c --set data.root=d --set data.folder_a=v --set data.folder_b=v", 3),
    ("train --config s --run q", 3), ("translate d/trainA/1.png --checkpoint y --style p.png", 3),
  ]) func pipesAndDevicesAreRefused(command: String, status: Int32) throws {
    try SampleModel.write(SampleModel.munit, to: folder.file("y"))
    try AtomicFile.write(
      "model: {name: stargan, image_size: 32, d_repeat_num: 3, g_conv_dim: 2, d_conv_dim: 2, g_repeat_num: 1}\n"
        + "data: {root: d, attributes: p.txt, crop_size: 32, load_size: 32}\n",
      to: folder.file("s"))
    let result = try runScript(
      "mkdir v && mkfifo p.safetensors p.png p.yaml p.pth p.npz p.txt v/spec.json v/1.png && timeout 20 $G \(command)",
      in: folder)
    #expect(result.status == status, "\(result.status): \(result.messages)")
    #expect(result.messages.contains("named pipe") || result.messages.contains("device"), "\(result.messages)")
  }
}
