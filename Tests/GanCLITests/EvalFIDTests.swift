import Foundation
import GanImage
import GanMetrics
import GanStore
import GanTestSupport
import GanTrain
import Testing

@testable import GanCLI

/// `ganctl eval-fid` as a user runs it, without the published network.
@Suite struct EvalFIDTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for index in 0..<12 {
      try folder.picture("a/\(index).png", 20 + index, 24, seed: UInt64(index))
      try folder.picture("b/\(index).png", 30, 16 + index, channels: index % 2 == 0 ? 1 : 3, seed: UInt64(100 + index))
    }
    for index in 0..<7 { try folder.picture("few/\(index).png", 9, 9, seed: UInt64(200 + index)) }
  }

  private func eval(_ arguments: String..., home: String? = nil) throws -> ProgramResult {
    let names = arguments.map { ["a", "b", "few", "missing", "one"].contains($0) ? folder.file($0) : $0 }
    return try runGanctl(["eval-fid"] + names, environment: ["GANCTL_HOME": home ?? folder.path])
  }

  private func json(_ result: ProgramResult) throws -> JSONValue {
    #expect(result.status == 0, "\(result.messages)")
    return try JSONValue(parsing: result.output.trimmingCharacters(in: .newlines))
  }

  @Test func foldersOfUnequalSizes() throws {
    let result = try eval("a", "few", "--metrics", "fid,kid,pr")
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.prefix(3).allSatisfy { $0.contains("not the published FID") })
    #expect(lines[0].hasPrefix("FID ") && lines[1].hasPrefix("KID ") && lines[2].hasPrefix("precision "))
    #expect(lines[3].contains("12 pictures of") && lines[3].contains("7 pictures of"))
    #expect(result.messages.contains("not the published FID") && result.messages.contains("look at KID"))
    #expect(result.messages.contains("scripts/fetch_inception.py"))
  }

  @Test func aFolderAgainstItself() throws {
    let values = try json(try eval("a", "a", "--json", "--metrics", "fid,pr"))
    #expect(abs(values["fid"]?.number ?? 1) < 1e-3)
    #expect(values["precision"]?.number == 1 && values["recall"]?.number == 1)
    #expect(values["published"] == .bool(false) && values["generated_count"] == .integer(12))
  }

  @Test func zeroHasNoSign() throws {
    let lines = try eval("a", "a", "--metrics", "fid,kid").output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("FID 0.0000  ") == true && lines.allSatisfy { !$0.contains("-0.0000") })
    #expect(Format.fixed(-1e-9, digits: 4) == "0.0000" && Format.fixed(-0.05, digits: 1) == "-0.1")
    #expect(Format.fixed(-0.00004, digits: 4) == "0.0000" && Format.fixed(-10, digits: 0) == "-10")
  }

  /// Neither the number of threads nor the order of the runs changes a digit.
  @Test func resultsDoNotDependOnThreads() throws {
    let one = try eval("a", "b", "--json", "--threads", "1").output
    #expect(one == (try eval("a", "b", "--json", "--threads", "3").output) && !one.isEmpty)
  }

  @Test func statisticsFilesStandForFolders() throws {
    let file = folder.file("new/b.npz")
    #expect(try eval("b", "--stats", file).status == 0)
    let direct = try json(try eval("a", "b", "--json", "--metrics", "fid"))
    let byFile = try json(try eval("a", file, "--json"))
    #expect(abs((direct["fid"]?.number ?? 0) - (byFile["fid"]?.number ?? 1)) < 1e-6)
    #expect(byFile["kid"] == nil && byFile["real_count"] == .null)
    let refused = try eval("a", file, "--metrics", "kid")
    #expect(refused.status == 2 && refused.messages.contains("needs the pictures"))
    try StatisticsFile.write(FeatureStatistics(count: 2, mean: [1, 2], covariance: [1, 0, 0, 1]), to: file)
    let other = try eval("a", file)
    #expect(other.status == 3 && other.messages.contains("the statistics have 2 features"))
  }

  @Test func aDamagedPictureIsNamed() throws {
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder.file("b/5.png")))
    let result = try eval("a", "b")
    #expect(result.status == 3 && result.output.isEmpty)
    #expect(result.messages.contains("b/5.png") && !result.messages.contains("b/4.png"))
    // A header that is whole says nothing of the rest.
    let whole = folder.bytes("a/3.png")
    try whole.prefix(whole.count - 30).write(to: URL(fileURLWithPath: folder.file("a/3.png")))
    let cut = try eval("a", "few")
    #expect(cut.status == 3 && cut.messages.contains("a/3.png"))
  }

  @Test func tooFewPictures() throws {
    try folder.picture("one/1.png", 8, 8)
    let result = try eval("one", "a")
    #expect(result.status == 3)
    #expect(result.messages.contains("needs at least 2 pictures, found 1") && result.messages.contains("/one"))
    let subsets = try eval("few", "a", "--kid-subset-size", "8")
    #expect(subsets.status == 3 && subsets.messages.contains("--kid-subset-size 7"))
    let neighbours = try eval("few", "a", "--metrics", "pr", "--neighbours", "7")
    #expect(neighbours.status == 3 && neighbours.messages.contains("at least 8 pictures"))
  }

  @Test func wrongArguments() throws {
    for (arguments, text) in [
      (["a", "b", "--metrics", "fid,kidd"], "did you mean kid?"),
      (["a", "b", "--metrics", "fid", "kid"], "write --metrics fid,kid; "),
      (["--metrics", "fid,", "is", "kid,pr", "a", "b"], "write --metrics fid,is,kid,pr; "),
      (["a", "b", "--metrics", "is"], "needs the Inception network"), (["a", "b", "--stats", "x.txt"], "*.npz"),
      (["a", "b", "--features", "built-in", "--variant", "clean-fid"], "belong to the Inception network"),
    ] {
      let result = try runGanctl(
        ["eval-fid"] + arguments.map { $0.count == 1 ? folder.file($0) : $0 }, environment: ["GANCTL_HOME": folder.path]
      )
      #expect(result.status == 2 && result.messages.contains(text), "\(result.messages)")
    }
    #expect(try eval("a", "missing").status == 3)
    let nowhere = try eval("a", "b", "--features", "inception")
    #expect(nowhere.status == 5 && nowhere.messages.contains(folder.path))
  }

  @Test func wrongWeightsAreRefused() throws {
    let file = folder.file("inception-fid.safetensors")
    try SafetensorsWriter.write(
      to: file, tensors: [TensorSource(name: "Conv2d_1a_3x3.conv.weight", shape: [1], floats: [1])], metadata: [:])
    let shape = try eval("a", "b")
    #expect(shape.status == 4 && shape.messages.contains("expected shape [32, 3, 3, 3]"), "\(shape.messages)")
    try SafetensorsWriter.write(to: file, tensors: [TensorSource(name: "x", shape: [1], floats: [1])], metadata: [:])
    let missing = try eval("a", "b")
    #expect(missing.status == 4 && missing.messages.contains("Conv2d_1a_3x3.conv.weight"))
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: file))
    #expect(try eval("a", "b").status == 4)
  }

  @Test func degradationsAreRanked() throws {
    // A scene of soft blobs, and the same with more and more noise.
    for index in 0..<24 {
      for (name, noise) in [("clean", 0), ("slight", 10), ("strong", 60)] {
        var random = TestRandom(seed: UInt64(index * 31 + noise))
        var picture = Picture(width: 40, height: 40, channels: 3)
        for y in 0..<40 {
          for x in 0..<40 {
            for c in 0..<3 {
              let level = 128 + 90 * sin(Double(x * (c + 1) + index * 7) / 9) * cos(Double(y + index * 3) / 7)
              picture[x, y, c] = UInt8(min(max(level + random.next(Double(noise)), 0), 255))
            }
          }
        }
        _ = try folder.picture("\(name)/\(index).png", picture)
      }
    }
    func distance(_ name: String) throws -> Double {
      let result = try runGanctl(
        ["eval-fid", folder.file(name), folder.file("clean"), "--json", "--metrics", "fid"],
        environment: ["GANCTL_HOME": folder.path])
      return try #require(try json(result)["fid"]?.number)
    }
    let (same, slight, strong) = (try distance("clean"), try distance("slight"), try distance("strong"))
    #expect(same < slight && slight < strong, "\(same) \(slight) \(strong)")
  }
}

/// Uniform numbers about zero.
private struct TestRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next(_ width: Double) -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Double(state >> 11) * 0x1p-53 - 0.5) * 2 * width
  }
}
