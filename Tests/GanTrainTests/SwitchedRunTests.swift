import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

@testable import GanTrain

/// Runs of networks with switches: all they need is in the checkpoint.
@Suite(.serialized)
struct SwitchedRunTests {
  @Test func anInterruptionLeavesNoTrace() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let options = [
        "train.steps=4", "model.spectral_norm=both", "model.attention=both", "model.upsample=pixel_shuffle",
        "model.antialias=down", "model.norm=layer",
      ]
      func start(_ name: String, stopAfter: Int?) throws {
        try tiny.start(
          name, stopAfter: stopAfter, options[0], options[1], options[2], options[3], options[4], options[5])
      }
      try start("whole", stopAfter: nil)
      try start("parts", stopAfter: 2)
      try tiny.resume("parts")
      for file in ["checkpoints/" + stepFile(4), "log.jsonl"] {
        #expect(tiny.bytes("whole", file) == tiny.bytes("parts", file), "\(file)")
      }
      let names = try tiny.checkpoint("whole", step: 4).tensors.map(\.name)
      for name in ["G.model.model.0.weight_u", "D.attention.gamma", "G.model.model.0.filt"] {
        #expect(names.contains(name), "\(name)")
      }
    }
  }

  /// A switch is part of a network's structure.
  @Test(arguments: ["model.upsample=nearest", "model.spectral_norm=generator", "model.attention=discriminator"])
  func aSwitchCannotBeTurnedOnLater(_ change: String) throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=1")
      let error = #expect(throws: GanError.self) { try tiny.resume("run", "train.steps=2", change) }
      #expect(error?.code == .usage || error?.code == .checkpoint, "\(String(describing: error))")
    }
  }
}
