import GanBase
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

/// NICE-GAN and U-GAT-IT beyond what every model must do.
@Suite struct AttentionModelTests {
  init() throws { try Engine.start(threads: 2) }

  private func pictures(_ size: Int, count: Int = 1) -> TrainingBatch {
    var random = RandomStream(seed: 2)
    return TrainingBatch(
      a: Tensor.uniform([count, size, size, 3], from: &random) * 2 - 1,
      b: Tensor.uniform([count, size, size, 3], from: &random) * 2 - 1)
  }

  /// A head that looks at every pixel takes one size and says so.
  @Test func fullHeadsTakeOneSize() throws {
    var nice = NICEGAN.Options()
    var ugatit = UGATIT.Options()
    (nice.width, nice.blocks, nice.head.light, nice.head.imageSize) = (2, 1, false, 96)
    (ugatit.width, ugatit.blocks, ugatit.head.light, ugatit.head.imageSize) = (2, 1, false, 96)
    let models: [any ImageTranslator] = [
      try NICEGAN(nice, ModelBuilder(seed: 1)), try UGATIT(ugatit, ModelBuilder(seed: 1)),
    ]
    for model in models {
      #expect([96, 100, 192].filter(model.inputs.sizeRule.allows) == [96])
      expectFinite(try model.trainStep(pictures(96, count: 2)).entries.map(\.value.item))
      let picture = try pictures(96).sides().a, larger = try pictures(128).sides().a
      #expect(try model.translate(picture, to: .bToA, .evaluation).shape == picture.shape)
      let error = #expect(throws: GanError.self) { try model.translate(larger, to: .aToB, .evaluation) }
      #expect(error?.code == .input)
      #expect(throws: GanError.self) { try model.trainStep(pictures(128)) }
    }
  }

  @Test func fullHeadsNeedAMultipleOfFour() {
    var head = HeadOptions(light: false)
    head.imageSize = 98
    #expect(head.problems().map(\.key) == ["image_size"])
    head.light = true
    #expect(head.problems().isEmpty)
  }

  @Test func moreLayersNeedLargerPictures() throws {
    var options = NICEGAN.Options()
    (options.width, options.blocks) = (2, 1)
    for (layers, least) in [(6, 48), (7, 96), (8, 192)] {
      options.discriminatorLayers = layers
      let model = try NICEGAN(options, ModelBuilder(seed: 1))
      #expect(model.inputs.leastTrainingSize == least)
      expectFinite(try model.trainStep(pictures(least)).entries.map(\.value.item))
    }
  }

  @Test func theSharesOfUGATITStayInRange() throws {
    var options = UGATIT.Options()
    (options.width, options.blocks, options.head.light, options.optimizer.learningRate) = (2, 1, true, 0.3)
    let make = ModelBuilder(seed: 1)
    let model = try UGATIT(options, make)
    for _ in 0..<2 { _ = try model.trainStep(pictures(96)) }
    let shares = make.tensors.filter { $0.name.hasSuffix(".rho") }
    #expect(shares.count == 2 * 4)
    for (name, entry) in shares {
      let values = entry.tensor.floats
      #expect(!values.isEmpty && values.allSatisfy { (0...1).contains($0) }, "\(name)")
    }
  }

  @Test(arguments: [true, false]) func samplesShowAttentionIfWanted(_ isWanted: Bool) throws {
    var nice = NICEGAN.Options()
    var ugatit = UGATIT.Options()
    (nice.width, nice.blocks, nice.heatmap) = (2, 1, isWanted)
    (ugatit.width, ugatit.blocks, ugatit.head.light, ugatit.heatmap) = (2, 1, true, isWanted)
    let models: [any ImageTranslator] = [
      try NICEGAN(nice, ModelBuilder(seed: 1)), try UGATIT(ugatit, ModelBuilder(seed: 1)),
    ]
    let batch = pictures(96)
    for model in models {
      let samples = try Tape.paused { try model.samples(batch, .evaluation) }
      #expect(samples.count == (isWanted ? 8 : 6))
      #expect(samples.allSatisfy { $0.pictures.shape == [1, 96, 96, 3] && $0.pictures.isFinite })
    }
  }

  @Test func heatmapsGoFromBlueToRed() {
    let map = Tensor([0, 2, 4, 4] as [Float], [1, 1, 4, 1])
    let colours = heatmapPictures(map, height: 1, width: 4).floats
    #expect(Array(colours[0..<3]) == [-1, -1, 0])
    #expect(Array(colours[3..<6]) == [0, 1, 0])
    #expect(Array(colours[9..<12]) == [0, -1, -1])
    // A flat map has no range.
    let flat = heatmapPictures(Tensor.zeros([2, 3, 3, 1]), height: 6, width: 6)
    #expect(flat.shape == [2, 6, 6, 3])
    #expect(flat.isFinite)
  }

  /// Those of the official programs.
  @Test func parameterCounts() {
    func count(_ make: (Scope) -> any Module) -> Int {
      let tensors = TensorStore(name: "G", initializer: Initializer(.zero, random: RandomStream(seed: 1)))
      return make(tensors.root).tensors.parameterCount
    }
    #expect(count { NICEGANDiscriminator($0, inputs: 3, width: 64, layers: 7) } == 46_874_433)
    #expect(count { NICEGANGenerator($0, outputs: 3, width: 64, blocks: 6, pixels: nil) } == 8_104_640)
    #expect(count { UGATITDiscriminator($0, inputs: 3, width: 64, layers: 7) } == 53_130_176)
    #expect(count { UGATITDiscriminator($0, inputs: 3, width: 64, layers: 5) } == 3_290_560)
    #expect(count { UGATITGenerator($0, channels: 3, width: 64, blocks: 4, pixels: nil) } == 10_589_888)
  }
}
