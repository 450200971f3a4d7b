import Testing

@Suite(.serialized)
struct AugmentedTrainingTests {
  /// With all that draws switched on, bits depend neither on threads nor on interruptions.
  @Test func threadsAndInterruptionsLeaveNoTrace() throws {
    try withRuns { runs in
      let settings = [
        "model.diff_augment=[color, translation, cutout]", "model.ada_target=0.1", "model.ada_images=30",
        "model.learning_rate=0.01", "train.log_every=1", "train.sample_every=0", "data.augment_rotate=20",
        "data.augment_scale=0.2",
        "data.augment_translate=0.1", "data.augment_shear=9", "data.augment_turns=yes",
        "data.augment_flip_vertical=yes", "data.augment_brightness=0.3", "data.augment_contrast=0.3",
        "data.augment_saturation=0.3", "data.augment_hue=0.1", "data.augment_noise=0.1", "data.augment_blur=1",
        "data.augment_cutout=0.2",
      ]
      func train(_ name: String, _ steps: Int, threads: Int) throws {
        let result = try runGanctl(
          runs.arguments(name, settings + ["train.steps=\(steps)"]) + ["--threads", "\(threads)"])
        #expect(result.status == 0, "\(result.messages)")
      }
      try train("one", 8, threads: 1)
      try train("three", 8, threads: 3)
      try train("parts", 3, threads: 2)
      let rest = try runGanctl(["train", "--resume", runs.path("parts"), "--set", "train.steps=8", "--threads", "1"])
      #expect(rest.status == 0, "\(rest.messages)")
      #expect(runs.bytes("one", step: 8) == runs.bytes("three", step: 8))
      #expect(runs.lines("one") == runs.lines("three") && runs.lines("one") == runs.lines("parts"))
      #expect(runs.lines("one").count { $0.contains("\"ada_p\":") } == 8)
      let shown = try runGanctl(["inspect", runs.path("one")]).output
      #expect(shown.contains(/diff_augment +applied with probability 0\.\d{4}/), "\(shown)")
    }
  }
}
