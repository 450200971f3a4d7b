import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanStore

@Suite struct PyTorchFileTests {
  /// Values that PyTorch itself read from the file and wrote as safetensors.
  @Test(arguments: [
    "state_dict", "legacy", "strided", "types", "training", "legacy_training", "protocol5", "legacy_protocol4",
    "without_checksums",
  ])
  func agreesWithPyTorch(_ name: String) throws {
    let file = try PyTorchFile(path: try resource(name + ".pth"))
    let expected = try SafetensorsFile(path: try resource(name + ".safetensors"))
    #expect(file.tensors.map(\.name).sorted() == expected.tensors.map(\.name).sorted())
    for tensor in file.tensors {
      let other = try expected.tensor(tensor.name, shape: tensor.shape)
      #expect(tensor.type == other.type, "\(tensor.name)")
      let same = try tensor.content == other.content
      #expect(same, "\(tensor.name)")
    }
  }

  @Test func keepsOrderAndNames() throws {
    let file = try PyTorchFile(path: try resource("state_dict.pth"))
    #expect(
      file.tensors.map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
        "2.weight",
      ])
    #expect(file.tensors[6].shape == [] && file.tensors[6].type == .I64)
    #expect(try file.tensors[6].floats() == [1])
    #expect(file.ignored.isEmpty)
  }

  @Test(arguments: ["training.pth", "legacy_training.pth"])
  func reportsWhatItLeavesOut(_ name: String) throws {
    let file = try PyTorchFile(path: try resource(name))
    #expect(
      file.tensors.map(\.name) == [
        "generator.weight", "optimizer.state.0.step", "optimizer.state.0.exp_avg", "optimizer.state.0.exp_avg_sq",
      ])
    for entry in [
      "epoch (integer)", "name (text)", "lr (number)", "history (list)", "complex (tensor of complex64)",
      "wide (tensor of uint16)", "size (tuple)", "big (large integer)", "set (list)", "bytes (bytes)",
      "device (device)", "dtype (torch.float32)", "optimizer.param_groups (list)",
    ] {
      #expect(file.ignored.contains(entry), "\(entry) in \(file.ignored)")
    }
  }

  @Test(arguments: ["malicious.pth", "malicious_legacy.pth"])
  func namesWhatItRefusesToRun(_ name: String) throws {
    let text = failure(.checkpoint) { try PyTorchFile(path: try resource(name)) }
    #expect(text.contains("'posix.system'") && text.contains("nothing was run"))
  }

  @Test func tellsOtherFilesApart() throws {
    #expect(failure(.checkpoint) { try PyTorchFile(path: try resource("script.pth")) }.contains("TorchScript"))
    #expect(failure(.checkpoint) { try PyTorchFile(path: try resource("compressed.pth")) }.contains("compressed"))
    #expect(
      failure(.checkpoint) { try PyTorchFile(path: try resource("types.safetensors")) }
        .contains("not a file written by torch.save"))
    failure(.checkpoint) { try PyTorchFile(path: "/nowhere/at/all.pth") }
  }

  /// What a download that went wrong leaves behind.
  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n", "git-lfs", "git lfs pull"),
    ("\n<!DOCTYPE html>\n<html lang=\"de\"><title>Quota überschritten</title>", "web page", "browser"),
    ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "error message", "again"),
    ("\u{1F}\u{8B}", "not a file written by torch.save", ""), ("", "is empty", "get the file again"),
  ])
  func tellsWhatADownloadLeftBehind(_ content: String, _ kind: String, _ help: String) {
    let text = failure(.checkpoint) { try PyTorchFile(ByteView(copying: Array(content.utf8)), path: "a.pth") }
    #expect(text.contains(kind) && (help.isEmpty || text.contains(help)), "\(text)")
  }

  @Test(arguments: ["strided.pth", "legacy.pth", "types.pth"])
  func everyTruncationIsAnError(_ name: String) throws {
    let good = try read(try resource(name))
    for length in 0..<good.count {
      #expect(!reads(Array(good[..<length])) { _ = try PyTorchFile($0, path: FilePath(name)) }, "length \(length)")
    }
  }

  /// Every 23rd bit, and thereby every place within a byte. The old format has no checksums, so that there
  /// the flips reach everything behind them.
  @Test(arguments: ["legacy.pth", "legacy_training.pth", "training.pth"])
  func bitFlipsNeverTrap(_ name: String) throws {
    let good = try read(try resource(name))
    for bit in stride(from: 0, to: good.count * 8, by: 23) {
      var bad = good
      bad[bit / 8] ^= 1 << (bit % 8)
      _ = reads(bad) { for tensor in try PyTorchFile($0, path: FilePath(name)).tensors { _ = try? tensor.floats() } }
    }
  }

  @Test func damagedStorageIsFound() throws {
    var bytes = try read(try resource("state_dict.pth"))
    let weights = try PyTorchFile(path: try resource("state_dict.pth")).tensors[0]
    let pattern = try weights.content
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: pattern) })
    bytes[place] ^= 1
    let text = failure(.checkpoint) { try PyTorchFile(ByteView(copying: bytes), path: "f") }
    #expect(text.contains("state_dict/data/0") && text.contains("checksum"))
  }
}
