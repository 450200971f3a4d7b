import Foundation
import GanTestSupport
import Testing

/// Weights of networks that official programs do not have, as a user meets them.
@Suite struct SwitchedWeightsTests {
  @Test func officialFilesDoNotFitAndSwitchedOnesDo() throws {
    try withRuns { runs in
      let usual = runs.folder + "/usual.safetensors", other = runs.folder + "/other.safetensors"
      #expect(try runs.train("usual", "train.steps=1").status == 0)
      #expect(
        try runs.train("other", "train.steps=1", "model.upsample=nearest", "model.spectral_norm=both").status == 0)
      let plain = try runGanctl(["export", runs.path("usual"), "-o", usual])
      #expect(plain.status == 0 && !plain.messages.contains("cannot load"))
      let switched = try runGanctl(["export", runs.path("other"), "-o", other])
      #expect(switched.status == 0)
      #expect(
        switched.messages.contains(
          "the official program has no networks with upsample: nearest, spectral_norm: both: it cannot load this"))

      let config = runs.path("other") + "/config.yaml", output = runs.folder + "/imported.safetensors"
      let refused = try runGanctl(["import", usual, "--config", config, "-o", output])
      #expect(refused.status == 4)
      #expect(
        refused.messages.contains(
          "official programs have no networks with upsample: nearest, spectral_norm: both, so their files do not fit"),
        "\(refused.messages)")
      #expect(!FileManager.default.fileExists(atPath: output))
      let taken = try runGanctl(["import", other, "--config", config, "-o", output])
      #expect(taken.status == 0, "\(taken.messages)")
      let begun = try runs.train(
        "init", "train.steps=1", "train.init=[\(usual)]", "model.upsample=nearest", "model.spectral_norm=both")
      #expect(
        begun.status == 4 && begun.messages.contains("upsample: nearest, spectral_norm: both"), "\(begun.messages)")
      let picture = runs.folder + "/data/train/0.png", translated = runs.folder + "/out.png"
      let result = try runGanctl(["translate", picture, "--run", runs.path("other"), "-o", translated])
      #expect(result.status == 0, "\(result.messages)")
    }
  }
}
