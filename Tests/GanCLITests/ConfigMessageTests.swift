import Foundation
import GanBase
import GanTestSupport
import Testing

/// What a user is told who writes a configuration or a `train` line in another form than the right one.
@Suite struct ConfigMessageTests {
  private func train(_ config: String, _ more: String...) throws -> ProgramResult {
    let folder = try TemporaryFolder(), path = folder.file("c.yaml")
    try AtomicFile.write(config, to: path)
    return try runGanctl(["train", "--config", path, "--run", path + ".run"] + more)
  }

  /// ../shared/cases/cfg: 04b, 07-nospace, 02-official-names, 09-winpath.
  @Test(arguments: [
    ("model: cyclegan\ndata:\n  root: /nonexistent\n", ["model: expected a mapping of options", "name: cyclegan"]),
    ("model:\n  name:cyclegan\ndata:\n  root: base\n", ["a space must follow each colon", "name: cyclegan"]),
    ("model:\n- name: cyclegan\n", ["found a list", "remove the dashes"]),
    ("model: {name: pix2pix}\ndata: base\ntrain:\n", ["data: expected a mapping of options, found \"base\""]),
    (
      "model:\n  name: cyclegan\n  lr: 2e-4\ndata:\n  root: base\n  batchSize: 1\n  fineSize: 64\n",
      ["here it is called learning_rate", "here it is called batch_size", "here it is called crop_size"]
    ),
    (
      "\u{FEFF}model:\n  name: cyclegan\ndata:\n  root: \"C:\\Users\\me\\data\"\n",
      ["4:14", "single quotes", "C:/Users/me/data"]
    ),
  ])
  func configurations(text: String, parts: [String]) throws {
    let result = try train(text)
    #expect(result.status == 2, "\(result.messages)")
    for part in parts { #expect(result.messages.contains(part), "\(result.messages)") }
  }

  @Test(arguments: [
    (["--epochs", "5"], "write --set train.epochs=5"),
    (["--batch-size=4"], "write --set data.batch_size=4"),
    (["--name", "x"], "write --set name=x, or give the run's folder: --run runs/x"),
    (["--dataroot", "./my data"], "write --set data.root='./my data'"),
    (["--niter", "100"], "write --set train.epochs=100"),
    (["--gpu_ids", "-1"], "ganctl computes on the CPU; leave it out"),
    (["--ngf", "32"], "write --set model.ngf=32"),
    (["--lr", "1e-4"], "write --set model.learning_rate or --set model.g_lr=1e-4"),
    (["--continue_train"], "ganctl train --resume RUN"),
    (["cyc.yaml"], "write --config cyc.yaml"),
    (["train.epochs=5"], "write --set train.epochs=5"),
  ])
  func options(arguments: [String], hint: String) throws {
    let result = try runGanctl(["train"] + arguments)
    #expect(result.status == 2)
    #expect(result.messages.contains(hint), "\(result.messages)")
  }
}
