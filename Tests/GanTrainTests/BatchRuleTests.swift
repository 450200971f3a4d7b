import Foundation
import GanConfig
import GanTestSupport
import Testing

@testable import GanTrain

/// Models that cannot be trained on every batch.
@Suite struct BatchRuleTests {
  private let drit = """
    model: {name: drit, content_width: 2, attr_width: 2, dis_width: 2, dis_scale: 1, dis_layers: 3, \
      content_dis_layers: 0}
    data: {load_size: 32, crop_size: 32}
    """
  private let dritpp = """
    model: {name: dritpp, image_size: 32, content_width: 2, attr_width: 2, dis_width: 2, dis_layers: 3, \
      content_dis_layers: 0}
    data: {load_size: 32, crop_size: 32}
    """

  private let cut = """
    model: {name: cut, generator: resnet_4blocks, ngf: 2, ndf: 2, netf_nc: 4}
    data: {load_size: 36, crop_size: 32}
    """

  private func parts(_ text: String, _ overrides: String...) throws -> TrainingParts {
    var document = try ConfigDocument(text: text, name: "test.yaml")
    for override in overrides { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    return try TrainingParts(try configuration.completed(document), document)
  }

  /// CUT leaves out what does not fill a batch, and scales straight to the crop while the learning rate falls.
  @Test func datasetOfCUT() throws {
    try withTemporaryFolder { folder in
      for side in ["A", "B"] { try makePairs("\(folder)/train\(side)", count: 5) }
      let root = "data.root=\(folder)"
      expectError(.input, "5 items do not fill one batch of 6") { _ = try parts(cut, root, "data.batch_size=6") }
      let whole = try parts(cut, root, "data.batch_size=2")
      #expect(whole.pictures.batchesPerEpoch == 2 && whole.pictures.request.scalesToCropFrom == 200)
      #expect(try parts(cut, root, "train.epochs=3").pictures.request.scalesToCropFrom == 3)
    }
  }

  /// The mode decides the schedule, unless the configuration does.
  @Test func scheduleOfCUT() throws {
    func schedule(_ text: String, _ overrides: String...) throws -> [Int] {
      var document = try ConfigDocument(text: text, name: "test.yaml")
      for override in overrides + ["data.root=x"] { document.override(override) }
      let first = try TrainingConfiguration(&document)
      // What is written down is what was decided.
      var written = try ConfigDocument(text: first.text, name: "written.yaml")
      let again = try TrainingConfiguration(&written)
      #expect(again.text == first.text)
      return [first.train.epochs, first.train.decayEpochs]
    }
    #expect(try schedule(cut) == [200, 200])
    #expect(try schedule(cut, "model.mode=fastcut") == [150, 50])
    #expect(try schedule(cut, "model.mode=fastcut", "train.epochs=7") == [7, 50])
    #expect(try schedule("model: {name: cyclegan}") == [100, 100])
    var document = try ConfigDocument(text: cut, name: "test.yaml")
    for override in ["data.root=x", "model.mode=fastcut", "model.nce_idt=true"] { document.override(override) }
    let text = try TrainingConfiguration(&document).text
    for line in ["nce_idt: true", "flip_equivariance: true", "lambda_nce: 10.0", "mode: fastcut"] {
      #expect(text.contains("  \(line)\n"), "\(line)")
    }
  }

  @Test func tooFewPicturesInABatch() throws {
    try withTemporaryFolder { folder in
      try makePairs(folder + "/trainA", count: 5)
      try makePairs(folder + "/trainB", count: 4, seed: 8)
      for name in ["a", "b"] { try makePairs(folder + "/train/" + name, count: 3) }
      let root = "data.root=\(folder)"
      expectError(.usage, "data.batch_size 1 does not suit this model: it must be at least 2", "use batch_size: 2") {
        _ = try parts(drit, root, "data.batch_size=1")
      }
      expectError(.usage, "data.batch_size 3", "a multiple of 2", "use batch_size: 4") {
        _ = try parts(dritpp, root, "data.batch_size=3")
      }
      // What does not fill a batch is left out.
      #expect(try parts(drit, root, "data.batch_size=2").pictures.batchesPerEpoch == 2)
      expectError(.input, "5 items do not fill one batch of 6") { _ = try parts(drit, root, "data.batch_size=6") }
      let labelled = try parts(dritpp, root, "data.batch_size=4")
      #expect(labelled.pictures.batchesPerEpoch == 1 && labelled.model.domains == ["a", "b"])
      expectError(.usage, "data.crop_size 32 is not model.image_size 64") {
        _ = try parts(dritpp, root, "data.batch_size=4", "model.image_size=64")
      }
    }
  }

  @Test func sizesThatLeaveNothing() {
    expectError(.usage, "content_dis_layers 1 need pictures of 41x41, not 32x32") {
      var document = try ConfigDocument(text: dritpp, name: "test.yaml")
      document.override("data.root=x")
      document.override("model.content_dis_layers=1")
      _ = try TrainingConfiguration(&document)
    }
    expectError(.usage, "dis_layers 6 leaves nothing of pictures of 32x32") {
      var document = try ConfigDocument(text: dritpp, name: "test.yaml")
      document.override("data.root=x")
      document.override("model.dis_layers=6")
      _ = try TrainingConfiguration(&document)
    }
  }
}
