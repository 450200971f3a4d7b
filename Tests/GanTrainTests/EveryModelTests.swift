import Foundation
import GanBase
import GanConfig
import GanImage
import GanModels
import GanTestSupport
import Testing

@testable import GanTrain

/// What holds for every model that the registry knows.
@Suite(.serialized)
struct EveryModelTests {
  @Test(arguments: Registry.names)
  func resumesToTheByte(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try #require(Registry.model(name))
      let config = try smallConfig(model, folder)
      try run(config, folder + "/whole", stopAfter: nil)
      try run(config, folder + "/parts", stopAfter: 4)
      for stop in [7, nil] {
        let continued = try TrainingRun.resume(folder + "/parts", overrides: [])
        let watcher = Watcher()
        let trainer = try Trainer(
          try TrainingParts(continued.configuration, continued.document), in: continued.folder,
          from: continued.checkpoint, program: "test", observer: watcher,
          stopSignal: { stop.map { watcher.step >= $0 } == true ? 2 : nil })
        trainer.watchRules = Self.rules
        #expect(try trainer.run().reason == (stop == nil ? .steps : .signal(2)))
      }
      for file in ["checkpoints/" + stepFile(9), "log.jsonl"] {
        #expect(contents(of: "\(folder)/whole/\(file)") == contents(of: "\(folder)/parts/\(file)"), "\(file)")
      }
      let log = String(decoding: contents(of: folder + "/whole/log.jsonl"), as: UTF8.self)
      for name in model.info.discriminatorLosses.joined() { #expect(log.contains("\"\(name)\":"), "\(name)") }
      let samples = try FileManager.default.contentsOfDirectory(atPath: folder + "/whole/samples")
      #expect(samples.count == 3)
    }
  }

  private func run(_ text: String, _ path: String, stopAfter: Int?) throws {
    var document = try ConfigDocument(text: text, name: "small.yaml")
    let configuration = try TrainingConfiguration(&document)
    let parts = try TrainingParts(configuration, document)
    let folder = try TrainingRun.create(configuration, at: path, configurationName: "small.yaml")
    let watcher = Watcher()
    let trainer = try Trainer(
      parts, in: folder, program: "test", observer: watcher,
      stopSignal: { stopAfter.map { watcher.step >= $0 } == true ? 2 : nil })
    trainer.watchRules = Self.rules
    _ = try trainer.run()
  }

  /// Translations are looked at even in so short a run.
  private static let rules = WatchRules(lookEvery: 2, firstLook: 2, maturity: 0)
}

/// A box file in YOLO's format for each picture of `makePairs`: of one object, of two, of none, and so on.
func makeBoxes(_ folder: String, count: Int) throws {
  try AtomicFile.makeFolder(folder)
  let lines = ["0 0.5 0.5 0.75 0.8\n", "1 0.4 0.5 0.75 0.9\n"]
  for number in 0..<count {
    let text = lines.prefix((number + 1) % 3).joined()
    try text.write(toFile: "\(folder)/\(number).txt", atomically: true, encoding: .utf8)
  }
}

/// The model with small networks and pools that fill up, on small pictures of the kind that it needs.
func smallConfig(_ model: RegisteredModel, _ folder: String) throws -> String {
  _ = try TinyRun(folder + "/unused")
  switch model.info.data {
  case .aligned, .single: try makePairs(folder + "/data/train", count: 5)
  case .unaligned:
    try makePairs(folder + "/data/trainA", count: 5)
    try makePairs(folder + "/data/trainB", count: 4, seed: 8)
    // As masks, pictures do as well as any.
    for (side, number) in [("A", 0), ("A", 1), ("B", 0)] where model.info.needsMasks {
      for picture in 0..<5 {
        let mask = try PictureFile.read("\(folder)/data/train\(side)/\(picture % 4).png", channels: 1)
        let place = "\(folder)/data/train\(side)_seg"
        try AtomicFile.makeFolder(place)
        try PictureFile.writePNG(mask, to: "\(place)/\(picture)_\(number).png")
      }
    }
    if model.info.boxes != .none {
      try makeBoxes(folder + "/data/trainA_boxes", count: 5)
      try makeBoxes(folder + "/data/trainB_boxes", count: 4)
    }
  case .domains:
    for (seed, domain) in ["one", "three", "two"].enumerated() {
      try makePairs(folder + "/data/train/" + domain, count: 2, seed: UInt64(seed))
    }
  }
  // Discriminators of many layers need larger pictures.
  let size = ["nicegan", "ugatit"].contains(model.info.name) ? 128 : 32
  let batch = model.info.data == .domains || ["drit", "dunit"].contains(model.info.name) ? 2 : 1
  let base = """
    model: {name: \(model.info.name)}
    data: {root: "\(folder)/data", load_size: \(size + 4), crop_size: \(size), batch_size: \(batch)}
    train: {steps: 9, log_every: 2, sample_every: 5, sample_count: 1}
    """
  let wishes =
    ["ngf=4", "ndf=4", "pool_size=2", "generator=unet_32", "generator=resnet_3blocks", "netf_nc=8"]
    + ["ch=2", "n_res=1", "light=true"]
    + ["d_repeat_num=3", "g_conv_dim=2", "d_conv_dim=2", "g_repeat_num=1", "n_critic=2"]
    + ["gen_dim=2", "gen_n_res=1", "gen_mlp_dim=4", "dis_dim=2", "dis_n_layer=2", "dis_num_scales=2"]
    + ["content_width=2", "attr_width=2", "dis_width=2", "dis_scale=2", "dis_layers=3", "content_dis_layers=0"]
    + ["dis_spectral_norm=true"] + ["layers=3", "n_blocks=1", "object_size=16"]
    + (["stargan", "dritpp", "srgan"].contains(model.info.name) ? ["image_size=32"] : [])
  var text = base
  for wish in wishes {
    var document = try ConfigDocument(text: text, name: "small.yaml")
    document.override("model.\(wish)")
    if let configuration = try? TrainingConfiguration(&document) { text = configuration.text }
  }
  return text
}
