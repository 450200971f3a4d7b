import GanBase
import GanConfig
import GanModels
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanCLI

/// `ganctl bench` as a user runs it, on networks too small to say anything about speed.
@Suite struct BenchTests {
  private static let small = [
    "step", "--model", "pix2pix", "--size", "32", "--set", "model.generator=unet_32", "--set", "model.ngf=2", "--set",
    "model.ndf=2", "--steps",
  ]

  private func json(_ arguments: [String]) throws -> JSONValue {
    let result = try runGanctl(["bench"] + arguments + ["--json"])
    #expect(result.status == 0, "\(result.messages)")
    return try JSONValue(parsing: result.output)
  }

  private func refusal(_ arguments: [String]) throws -> String {
    let result = try runGanctl(["bench"] + arguments)
    #expect(result.status == ExitCode.usage.rawValue)
    #expect(result.output.isEmpty)
    return result.messages
  }

  @Test func aStepHasTimesMemoryAndShares() throws {
    let found = try json(Self.small + ["2", "--threads", "1"])
    #expect(found["model"]?.string == "pix2pix")
    #expect(found["size"]?.integer == 32 && found["batch"]?.integer == 1 && found["threads"]?.integer == 1)
    #expect(found["steps"]?.integer == 2 && found["cycle"]?.integer == 1)
    #expect(found["precision"]?.string == "highest")
    let least = try #require(found["least_ms"]?.number), greatest = try #require(found["greatest_ms"]?.number)
    let median = try #require(found["median_ms"]?.number)
    #expect(0 < least && least <= median && median <= greatest)
    for key in ["parameters", "tensor_peak_bytes", "peak_resident_bytes"] {
      #expect((found[key]?.integer ?? 0) > 0, "\(key)")
    }
    #expect((found["convolution_gflop"]?.number ?? 0) > 0 && (found["convolution_gflops"]?.number ?? 0) > 0)
    for key in ["cpu", "vectors", "blas_core"] { #expect(found[key]?.string?.isEmpty == false, "\(key)") }
    guard case .object(let shares)? = found["time_share"] else {
      Issue.record("no time_share")
      return
    }
    #expect(shares.map(\.key) == OpClock.Kind.allCases.map(\.rawValue) + ["rest"])
    #expect(abs(shares.reduce(0) { $0 + ($1.value.number ?? 9) } - 1) < 0.01)
    for kind: OpClock.Kind in [.convolutionForward, .convolutionDataGradient, .convolutionWeightGradient, .optimizer] {
      #expect((found["time_share"]?[kind.rawValue]?.number ?? 0) > 0, "\(kind)")
    }
  }

  @Test func stepsThatAreNotAlikeAreTakenInCycles() throws {
    let found = try json([
      "step", "--model", "stargan", "--size", "16", "--steps", "3", "--set", "model.image_size=16", "--set",
      "model.g_conv_dim=2", "--set", "model.d_conv_dim=2", "--set", "model.d_repeat_num=2", "--set", "model.n_critic=2",
    ])
    #expect(found["cycle"]?.integer == 2 && found["steps"]?.integer == 4)
  }

  @Test func aStepInWordsNamesTheSameFacts() throws {
    let result = try runGanctl(["bench"] + Self.small + ["1"])
    #expect(result.status == 0)
    for word in ["median_ms", "peak_resident_bytes", "time_share", "convolution_weight_gradient", "rest"] {
      #expect(result.output.contains(word), "\(word)")
    }
  }

  @Test func layersHaveSpeedsAndSmallErrors() throws {
    let found = try json(["layers", "--model", "pix2pix", "--layer", "down7", "--steps", "1"])
    #expect((found["peak_gflops"]?.number ?? 0) > 0)
    let rows = try #require(found["layers"]?.array)
    #expect(rows.map { $0["pass"]?.string } == ["forward", "data_gradient", "weight_gradient"])
    #expect(rows.map { $0["algorithm"]?.string } == ["few pixels", "few pixels", "patches"])
    for row in rows {
      #expect(row["layer"]?.string == "g.down7" && row["model"]?.string == "pix2pix")
      #expect(row["size"]?.integer == 4 && row["inputs"]?.integer == 512 && row["kernel"]?.integer == 4)
      #expect((row["median_ms"]?.number ?? 0) > 0 && (row["gflops"]?.number ?? 0) > 0)
      let error = try #require(row["error"]?.number)
      #expect(error > 0 && error < 1e-5)
    }
  }

  @Test func aPrecisionIsTakenAndTold() throws {
    let found = try json(["layers", "--layer", "down7", "--steps", "1", "--precision", "medium"])
    #expect(found["precision"]?.string == "medium")
    let errors = try #require(found["layers"]?.array).map { $0["error"]?.number ?? .nan }
    expectClose(errors, [0, 0, 0], absolute: 0.02)
    #expect(try refusal(["step", "--model", "unit", "--precision", "fp16"]).contains("highest, high, medium"))
    #expect(try refusal(["inception", "--precision", "high"]).contains("cannot be used with 'bench inception'"))
  }

  @Test func layersInWordsAreATable() throws {
    let result = try runGanctl(["bench", "layers", "--layer", "d.cls", "--steps", "1"])
    #expect(result.status == 0)
    let rows = result.output.split(separator: "\n").filter { $0.hasPrefix("stargan") }
    #expect(rows.count == 3)
    #expect(rows[0].contains("16x2x2x2048 -> 5, k2 s1 p0") && rows[1].contains("data gradient"))
  }

  @Test func loadingHasStages() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b", "c"] { _ = try folder.picture("pictures/\(name).png", 40, 30) }
    func check(_ found: JSONValue, pictures: Int) throws {
      #expect(found["pictures"]?.integer == pictures && found["threads"]?.integer == 2)
      for stage in ["decode", "resize", "augment", "to_tensor", "all"] {
        let time = try #require(found["microseconds"]?[stage]?.number)
        let speed = try #require(found["per_second_and_core"]?[stage]?.number)
        #expect(time > 0)
        expectClose([time * speed], [1e6], ofLargest: 0.01, stage)
      }
      #expect((found["loader"]?["pictures"]?.integer ?? 0) >= pictures)
      #expect((found["loader"]?["per_second_and_core"]?.number ?? 0) > 0)
    }
    let options = ["--steps", "1", "--threads", "2"]
    try check(json(["data", folder.file("pictures"), "--size", "16"] + options), pictures: 3)
    let config = folder.file("config.yaml")
    let sides = "folder_a: \(folder.file("pictures")), folder_b: \(folder.file("pictures"))"
    try "model: {name: cyclegan}\ndata: {\(sides), crop_size: 32}\n".write(
      toFile: config, atomically: true, encoding: .utf8)
    try check(json(["data", config, "--batch", "2"] + options), pictures: 6)
    #expect(try refusal(["data", config, "--size", "16"]).contains("--size is for folders"))
    let missing = try runGanctl(["bench", "data", folder.file("nowhere")])
    #expect(missing.status != 0 && missing.messages.contains("nowhere"))
  }

  @Test func whatIsAskedWronglyIsRefused() throws {
    #expect(try refusal(["nothing"]).contains("there are: step, layers, inception, data"))
    #expect(try refusal(["data"]).contains("bench data needs pictures"))
    #expect(try refusal(["data", "/", "--model", "unit"]).contains("--model cannot be used with 'bench data'"))
    #expect(try refusal(["layers", "pictures"]).contains("'bench layers' takes no \"pictures\""))
    #expect(try refusal(["step"]).contains("--model is missing"))
    #expect(try refusal(["step", "--model", "cyclegn"]).contains("did you mean cyclegan?"))
    #expect(try refusal(["layers", "--model", "munit"]).contains("one of cyclegan, pix2pix"))
    #expect(try refusal(["layers", "--layer", "nowhere"]).contains("no layer has \"nowhere\" in its name"))
    #expect(try refusal(["layers", "--size", "64"]).contains("--size cannot be used with 'bench layers'"))
    #expect(try refusal(["step", "--model", "unit", "--layer", "a"]).contains("cannot be used with 'bench step'"))
    #expect(try refusal(["inception", "--model", "unit"]).contains("cannot be used with 'bench inception'"))
    #expect(try refusal(["layers", "--steps", "0"]).contains("from 1 to 100000"))
    // Small, for models are made before their sizes are checked.
    let thin = ["--set", "model.gen_dim=2", "--set", "model.dis_dim=2"]
    #expect(try refusal(["step", "--model", "unit", "--size", "66"] + thin).contains("a multiple of 4"))
    let narrow = ["--set", "model.content_width=2", "--set", "model.dis_width=2"]
    #expect(try refusal(["step", "--model", "drit", "--batch", "1"] + narrow).contains("at least 2"))
  }
}

/// The list of layers against the networks that it is of.
@Suite struct LayerShapeTests {
  /// Networks with their papers' sizes, and the layers that are written there in another form: NICE-GAN's attention
  /// joins two halves of a weight before it convolves.
  @Test(arguments: NamedLayer.models)
  func shapesAreThoseOfTheModel(_ name: String) throws {
    var document = ConfigDocument(name: "test")
    var configured = try #require(Registry.model(name)).configure(&document)
    if let domains = configured.domains {
      configured = configured.with(DomainOptions(["a", "b", "c", "d", "e"], domains.kind))
    }
    let builder = ModelBuilder(seed: 1, forTraining: false)
    _ = try configured.make(builder)
    let shapes = Set(builder.networks.flatMap { $0.parameters.map { $0.tensor.shape.sizes } }.filter { $0.count == 4 })
    for layer in NamedLayer.all where layer.model == name && layer.name != "dis.conv1x1" {
      #expect(shapes.contains(layer.shape.weightShape.sizes), "\(layer.name): \(layer.shape.text)")
    }
  }

  @Test func sizesAndOperationsFollowFromTheShape() {
    let strided = LayerShape(size: 8, inputs: 2, outputs: 3, kernel: 4, stride: 2, padding: 1)
    #expect(strided.outputSize == 4)
    #expect(strided.operations == 2 * 16 * 6 * 16)
    #expect(strided.text == "1x8x8x2 -> 3, k4 s2 p1")
    let transposed = LayerShape(
      batch: 2, size: 4, inputs: 3, outputs: 2, kernel: 3, stride: 2, padding: 1, isTransposed: true, outputPadding: 1)
    #expect(transposed.outputSize == 8)
    #expect(transposed.operations == 2 * 2 * 16 * 6 * 9)
    #expect(transposed.weightShape.sizes == [3, 3, 2, 3])
    #expect(transposed.applied(to: Tensor.zeros([2, 4, 4, 3]), Tensor.zeros([3, 3, 2, 3])).shape == [2, 8, 8, 2])
  }

  /// Where the stages of a network follow each other, sizes and channels fit.
  @Test func layersOfACascadeFit() {
    for (model, names) in [
      ("cyclegan", ["g.first", "g.down1", "g.down2", "g.block", "g.up1", "g.up2", "g.last"]),
      ("cyclegan", ["d.0", "d.1", "d.2", "d.3", "d.last"]),
      ("pix2pix", (1...8).map { "g.down\($0)" }),
      ("unit", ["enc.0", "enc.1", "enc.2", "block"]), ("unit", ["dis.0", "dis.1", "dis.2", "dis.3", "dis.last"]),
      ("nicegan", ["dis.model1", "dis.model4", "dis.0_0", "dis.0_1", "dis.conv0"]),
      ("nicegan", ["dis.0_0", "dis.1_0.1", "dis.1_0.4", "dis.1_1", "dis.conv1"]),
      ("nicegan", ["dis.model4", "gen.first", "gen.block", "gen.up1", "gen.widen1"]),
      (
        "drit",
        [
          "enc_c.0", "enc_c.1", "enc_c.2", "enc_c.block", "disContent.0", "disContent.1", "disContent.2",
          "disContent.3",
        ]
      ),
      ("drit", ["dis.0", "dis.1", "dis.2", "dis.3", "dis.last"]),
      ("stargan", ["g.first", "g.down1", "g.down2", "g.block", "g.up1", "g.up2", "g.last"]),
      ("stargan", ["d.0", "d.1", "d.2", "d.3", "d.4", "d.5", "d.src"]),
    ] {
      let shapes = names.compactMap { name in NamedLayer.all.first { $0.model == model && $0.name == name }?.shape }
      #expect(shapes.count == names.count)
      for (before, after) in zip(shapes, shapes.dropFirst()) {
        #expect(before.outputs == after.inputs && before.outputSize == after.size, "\(model): \(after.text)")
      }
    }
  }

  @Test func errorsAreRelativeToTheLargestValue() {
    let values = Tensor([1, 2, -4.5] as [Float], [3]), reference = Tensor([1, 2.25, -5] as [Double], [3])
    #expect(largestError(of: values, against: reference) == 0.1)
  }

  @Test func whatIsNotComparedHasNoError() {
    func error(_ values: [Float], _ reference: [Double]) -> Double {
      largestError(of: Tensor(values, [values.count]), against: Tensor(reference, [reference.count]))
    }
    for bad in [Float.nan, .infinity] {
      #expect(error([1, bad], [1, 2]) == .infinity)
      #expect(error([1, 2], [Double(bad), 2]) == .infinity)
    }
    #expect(error([1], [1, 2]) == .infinity && error([], [1]) == .infinity && error([], []) == .infinity)
  }
}
