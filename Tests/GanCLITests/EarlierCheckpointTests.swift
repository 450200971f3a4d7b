import Foundation
import GanTestSupport
import Testing

/// A checkpoint that the program wrote before networks told where their weights come from, and engines why.
@Suite struct EarlierCheckpointTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func isShownTranslatesIsExportedAndGoesOn() throws {
    let stored = try #require(Bundle.module.url(forResource: "Resources/earlier/stargan", withExtension: "safetensors"))
    let run = folder.file("run"), checkpoints = run + "/checkpoints"
    try FileManager.default.createDirectory(atPath: checkpoints, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: stored.path, toPath: checkpoints + "/step-000001.safetensors")
    for domain in ["one", "three", "two"] {
      for number in 1...2 { _ = try folder.picture("data/train/\(domain)/\(number).png", 20, 20) }
    }

    let shown = try runGanctl(["inspect", run])
    #expect(shown.status == 0, "\(shown.messages)")
    for part in ["model          stargan\n", "step           1\n", "computed with  OpenBLAS Zen"] {
      #expect(shown.output.contains(part), "\(shown.output)")
    }
    let translated = try runGanctl([
      "translate", folder.file("data/train/one/1.png"), "--run", run, "--domain", "two", "-o", folder.file("out.png"),
    ])
    #expect(translated.status == 0, "\(translated.messages)")
    #expect(folder.has("out.png"))
    try Data(try runGanctl(["inspect", run, "--config"]).output.utf8).write(
      to: URL(fileURLWithPath: run + "/config.yaml"))
    let exported = try runGanctl(["export", run, "-o", folder.file("weights/")])
    #expect(exported.status == 0, "\(exported.messages)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("weights")).contains("G.safetensors"))
    let more = try runGanctl([
      "train", "--resume", run, "--set", "data.root=\(folder.file("data"))", "--set", "train.steps=2",
    ])
    #expect(more.status == 0, "\(more.messages)")
    #expect(more.output == "\(checkpoints)/step-000002.safetensors\n")
  }
}
