import Foundation
import GanBase
import GanConfig
import GanImage
import GanStore
import GanTestSupport
import GanTranslate
import Testing

@testable import GanModels
@testable import GanTrain

/// The model of docs/adding-a-model.md: one file and one registration make it train, resume and translate.
@Suite(.serialized)
struct TemplateModelTests {
  @Test func aNewModelTrainsResumesAndTranslates() throws {
    try Registry.$further.withValue([RegisteredModel(DiscoGAN.self)]) {
      try withTemporaryFolder { folder in
        _ = try TinyRun(folder + "/unused")
        try makePairs(folder + "/data/trainA", count: 3)
        try makePairs(folder + "/data/trainB", count: 3, seed: 8)
        let text = """
          model: {name: discogan, generator: unet_32, ngf: 4, ndf: 4}
          data: {root: "\(folder)/data", load_size: 36, crop_size: 32}
          train: {steps: 4, sample_count: 1}
          """
        #expect(try start(text, folder + "/whole", stopAfter: nil) == .steps)
        #expect(try start(text, folder + "/parts", stopAfter: 2) == .signal(15))
        let continued = try TrainingRun.resume(folder + "/parts", overrides: [])
        let trainer = try Trainer(
          try TrainingParts(continued.configuration, continued.document), in: continued.folder,
          from: continued.checkpoint, program: "test", observer: nil, stopSignal: { nil })
        #expect(try trainer.run().reason == .steps)
        let last = "/checkpoints/" + stepFile(4)
        #expect(contents(of: folder + "/whole" + last) == contents(of: folder + "/parts" + last))

        let trained = try TrainedModel(checkpoint: FilePath(folder + "/parts" + last))
        let picture = Picture(width: 32, height: 32, channels: 3, pixels: [UInt8](repeating: 90, count: 32 * 32 * 3))
        let there = try PictureTranslator(trained).translate(picture, name: "grey", to: .aToB)
        let back = try PictureTranslator(trained).translate(picture, name: "grey", to: .bToA)
        #expect(there.width == 32 && there.height == 32 && there.pixels != back.pixels)
      }
    }
    #expect(Registry.model("discogan") == nil)
  }

  /// What the guide shows is what is compiled here.
  @Test func theGuideShowsThisModel() throws {
    let guide = String(decoding: contents(of: Repository.path + "/docs/adding-a-model.md"), as: UTF8.self)
    let source = String(
      decoding: contents(of: Repository.path + "/Tests/GanTrainTests/Template/DiscoGAN.swift"), as: UTF8.self)
    let model = try #require(source.range(of: "/// DiscoGAN").map { source[$0.lowerBound...] })
    #expect(guide.contains("```swift\n" + model + "```"))
  }

  private func start(_ text: String, _ path: String, stopAfter: Int?) throws -> StopReason {
    var document = try ConfigDocument(text: text, name: "disco.yaml")
    let configuration = try TrainingConfiguration(&document)
    let parts = try TrainingParts(configuration, document)
    let folder = try TrainingRun.create(configuration, at: path, configurationName: "disco.yaml")
    let watcher = Watcher()
    let trainer = try Trainer(
      parts, in: folder, program: "test", observer: watcher,
      stopSignal: { stopAfter.map { watcher.step >= $0 } == true ? 15 : nil })
    return try trainer.run().reason
  }
}
