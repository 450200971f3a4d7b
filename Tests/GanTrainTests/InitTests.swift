import Foundation
import GanBase
import GanConfig
import GanImage
import GanModels
import GanTestSupport
import Testing

@testable import GanTrain

/// Configurations for pictures that were found.
@Suite struct InitTests {
  private func picture(_ path: String, _ width: Int, _ height: Int) throws {
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    let pixels = [UInt8](repeating: 120, count: width * height * 3)
    try PictureFile.writePNG(Picture(width: width, height: height, channels: 3, pixels: pixels), to: path)
  }

  private func pictures(
    _ folder: String, _ count: Int, prefix: String = "", ending: String = "", width: Int = 40, height: Int = 40
  ) throws {
    for number in 0..<count { try picture("\(folder)/\(prefix)\(number)\(ending).png", width, height) }
  }

  /// Small data of each kind.
  private func makeData(_ kind: DataKind, _ folder: String) throws {
    switch kind {
    case .aligned: try pictures(folder + "/train", 5, width: 80)
    case .single: try pictures(folder + "/train", 5, width: 60)
    case .unaligned:
      try pictures(folder + "/trainA", 5, prefix: "a")
      try pictures(folder + "/trainB", 4, prefix: "b")
    case .domains: for name in ["cat", "dog", "wolf"] { try pictures("\(folder)/train/\(name)", 3) }
    }
  }

  /// Of the pictures of two sides.
  private func makeBoxes(_ folder: String) throws {
    for (side, count) in [("A", 5), ("B", 4)] {
      try AtomicFile.makeFolder("\(folder)/train\(side)_boxes")
      for number in 0..<count {
        try "0 0.5 0.5 0.9 0.9\n".write(
          toFile: "\(folder)/train\(side)_boxes/\(side.lowercased())\(number).txt", atomically: true, encoding: .utf8)
      }
    }
  }

  @Test(arguments: Registry.names)
  func everyModelTrainsWithWhatIsWritten(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try #require(Registry.model(name))
      try makeData(model.info.data, folder + "/d")
      if model.info.needsMasks {
        for side in ["A", "B"] {
          try pictures("\(folder)/d/train\(side)_seg", 5, prefix: side.lowercased(), ending: "_0")
        }
      }
      if model.info.boxes != .none { try makeBoxes(folder + "/d") }
      let proposal = try Proposal(name, data: folder + "/d/")
      var document = try ConfigDocument(text: proposal.text, name: "written.yaml")
      for key in ["ngf", "ndf", "ch", "gen_dim", "dis_dim", "g_conv_dim", "d_conv_dim", "content_width", "attr_width"]
        + ["dis_width"] where model.optionKeys.contains(key)
      {
        document.override("model.\(key)=2")
      }
      let trial = try TrainingTrial(document, limit: 0)
      #expect(trial.steps == 1)
      #expect(trial.secondsPerStep > 0 && trial.checkpointBytes > 0)
      // As it is written: nothing is refused but for the time that full networks take.
      var asWritten = try ConfigDocument(text: proposal.text, name: "written.yaml")
      let configuration = try TrainingConfiguration(&asWritten)
      #expect(configuration.data.root == folder + "/d")
      #expect(configuration.train.allEpochs == 1000)
    }
  }

  @Test func sizesFitThePictures() throws {
    try withTemporaryFolder { folder in
      func size(_ name: String, _ side: Int, _ wished: Int? = nil) throws -> Int {
        let place = "\(folder)/\(side)"
        if !FileManager.default.fileExists(atPath: place) {
          try pictures(place + "/trainA", 1, width: side, height: side + 10)
          try pictures(place + "/trainB", 2, width: side + 10, height: side)
        }
        return try Proposal(name, data: place, .init(size: wished)).size
      }
      let found = try [
        size("cyclegan", 300), size("cyclegan", 178), size("cyclegan", 20), size("drit", 300),
        // Its discriminators halve seven times.
        size("nicegan", 64), size("cyclegan", 300, 48),
      ]
      #expect(found == [256, 128, 32, 216, 128, 48])
      expectError(.usage, "cyclegan cannot be trained on pictures of 50x50") { _ = try size("cyclegan", 300, 50) }
    }
  }

  @Test func layoutsAreRecognised() throws {
    try withTemporaryFolder { folder in
      func found(_ name: String, _ make: (String) throws -> Void) throws -> FoundData {
        try make(folder + "/" + name)
        return try DataSurvey(folder + "/" + name).found[0]
      }
      let side = try found("side") { try pictures($0 + "/train", 3, width: 80) }
      #expect(side.kind == .aligned && side.count == 3 && side.settings.root == folder + "/side")
      #expect(side.sizes.first == PictureSize(width: 40, height: 40))
      let bare = try found("bare") { try pictures($0, 3, width: 80) }
      #expect(bare.kind == .aligned && bare.settings.root == folder && bare.settings.phase == "bare")
      let named = try found("named") {
        try pictures($0 + "/trainA", 3)
        try pictures($0 + "/trainB", 3)
        try pictures($0 + "/testA", 2)
        try pictures($0 + "/testB", 2)
      }
      #expect(named.kind == .aligned && named.settings.root == folder + "/named" && named.validationCount == 2)
      let unequal = try found("unequal") {
        try pictures($0 + "/train_A", 3)
        try pictures($0 + "/train_B", 2)
      }
      #expect(unequal.kind == .unaligned && unequal.settings.root == nil)
      #expect(unequal.settings.folderA == folder + "/unequal/train_A" && unequal.count == 3)
      let inner = try found("inner") {
        try pictures($0 + "/A/train", 3)
        try pictures($0 + "/B/train", 4)
        try pictures($0 + "/A/test", 1)
        try pictures($0 + "/B/test", 1)
      }
      #expect(inner.settings.folderB == folder + "/inner/B/train" && inner.validationCount == 1)
      #expect(inner.settings.validationFolderA == folder + "/inner/A/test")
      let two = try found("two") {
        try pictures($0 + "/cats", 3)
        try pictures($0 + "/dogs", 2)
      }
      #expect(two.kind == .unaligned && two.settings.folderA == folder + "/two/cats")
      let three = try found("three") { for name in ["a", "b", "c"] { try pictures("\($0)/\(name)", 2) } }
      #expect(three.kind == .domains && three.count == 6 && three.settings.root == folder + "/three")
      let faces = try found("faces") {
        try pictures($0 + "/images", 10)
        let lines = (0..<10).map { "\($0).png 1 -1\n" }.joined()
        try AtomicFile.write("10\nYoung Male\n\(lines)", to: $0 + "/list.txt")
      }
      #expect(faces.kind == .domains && faces.settings.selectedAttributes == ["Young", "Male"])
      #expect(faces.settings.heldOut == 1 && faces.count == 9)
    }
  }

  @Test func whatCannotBeLearnedFromIsRefused() throws {
    try withTemporaryFolder { folder in
      try pictures(folder + "/square", 4)
      expectError(.input, "it is not clear how to train on its 4 pictures", "trainA/ and trainB/") {
        _ = try Proposal(nil, data: folder + "/square")
      }
      try AtomicFile.makeFolder(folder + "/empty")
      expectError(.input, "no pictures") { _ = try Proposal(nil, data: folder + "/empty") }
      expectError(.input, folder + "/nowhere") { _ = try Proposal(nil, data: folder + "/nowhere") }
      try makeData(.unaligned, folder + "/sides")
      expectError(.input, "pix2pix learns from pairs", "5 pictures in", "ganctl init cyclegan --data") {
        _ = try Proposal("pix2pix", data: folder + "/sides")
      }
    }
  }

  @Test func twoSidesCanLearnFromPairs() throws {
    try withTemporaryFolder { folder in
      try makeData(.aligned, folder)
      let proposal = try Proposal("cyclegan", data: folder)
      #expect(proposal.text.contains("mode: aligned"))
      #expect(try Proposal(nil, data: folder).model.info.name == "pix2pix")
    }
  }

  @Test(arguments: [(5, 1000), (400, 200), (1000, 100), (40, 250), (60_000, 2), (100, 200)])
  func epochsFollowTheNumberOfPictures(steps: Int, epochs: Int) {
    let plan = SchedulePlan(stepsPerEpoch: steps)
    #expect(plan.epochs == epochs)
    #expect(plan.decayEpochs == epochs / 2)
  }

  @Test func cadenceFollowsTheTimeOfTheRun() throws {
    try withTemporaryFolder { folder in
      try makeData(.aligned, folder)
      var proposal = try Proposal("pix2pix", data: folder, .init(hours: 4))
      try proposal.tryOut(as: "p.yaml", limit: 0)
      var document = try ConfigDocument(text: proposal.text, name: "p.yaml")
      let train = try TrainingConfiguration(&document).train
      #expect(train.minutes == 240)
      guard case .seconds(let interval) = train.sampleEvery else { return #expect(Bool(false)) }
      #expect((60...600).contains(interval) && interval.truncatingRemainder(dividingBy: 60) == 0)
      #expect(proposal.estimate.count >= 2 && proposal.text.contains(proposal.estimate[0]))
    }
  }
}
