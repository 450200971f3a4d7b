import GanBase
import GanConfig
import GanImage
import GanModels
import GanStore
import GanTestSupport
import GanWeights
import Testing

/// How levels are written: as each model's official program does it.
@Suite struct TranslateLevelsTests {
  @Test func modelsThatCut() {
    let cutting = Registry.models.filter { !$0.info.roundsLevels }.map(\.info.name)
    #expect(cutting == ["pix2pix", "cyclegan", "cut", "drit", "dritpp", "dunit", "instagan"])
  }

  /// A generator whose weights are all 0 makes pictures of 0, level 127.5.
  @Test(arguments: [
    (SampleModel.pix2pix, 127), (SampleModel.cyclegan, 127), (SampleModel.drit, 127), (SampleModel.munit, 128),
    (SampleModel.unit, 128), (SampleModel.stargan, 128),
  ])
  func theMiddleLevel(_ configuration: String, _ level: Int) throws {
    let folder = try TemporaryFolder()
    var document = try ConfigDocument(text: configuration, name: "test")
    let model = try #require(ModelConfiguration(&document))
    let builder = ModelBuilder(seed: 0, forTraining: false)
    _ = try model.configured.make(builder)
    let tensors = builder.tensors.map { TensorSource($0.name, official: $0.entry) }
    try CheckpointFile.write(to: folder.file("zero.safetensors"), tensors: tensors, metadata: ["config": configuration])
    let input = try folder.picture("a.png", 32, 32)
    let domain = model.configured.info.data == .domains ? ["--domain", "dog"] : []
    let result = try runGanctl(
      ["translate", "--checkpoint", folder.file("zero.safetensors"), input, "-o", folder.file("b.png")] + domain)
    #expect(result.status == 0, "\(result.messages)")
    #expect(Set(try PictureFile.read(folder.file("b.png")).pixels) == [UInt8(level)])
  }
}
