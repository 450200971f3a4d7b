import Foundation
import GanBase
import GanTestSupport
import Testing

/// Folders of pictures as people have them, given to `train` as it is typed.
@Suite(.serialized) struct DataCaseTests {
  private static let models = [
    "cyclegan": "{name: cyclegan, generator: resnet_3blocks, ngf: 2, ndf: 2, n_layers_d: 2, discriminator: n_layers}",
    "pix2pix": "{name: pix2pix, generator: unet_32, ngf: 2, ndf: 2, n_layers_d: 1, discriminator: n_layers}",
    "stargan": "{name: stargan, g_conv_dim: 2, d_conv_dim: 2, g_repeat_num: 1, d_repeat_num: 3, image_size: 32}",
  ]

  /// Trains one step.
  private func train(
    _ model: String, _ folder: TemporaryFolder, data: String = "root: data", _ overrides: String...
  ) throws -> ProgramResult {
    let config = """
      model: \(Self.models[model] ?? model)
      data: {\(data.replacing("root: data", with: "root: \"\(folder.file("data"))\"")), batch_size: 2}
      train: {steps: 1, sample_count: 1, checkpoint_every: 0}
      """
    try AtomicFile.write(config, to: folder.file("config.yaml"))
    let settings = overrides.flatMap { ["--set", $0] }
    return try runGanctl(
      [
        "train", "--config", folder.file("config.yaml"), "--run", folder.file("run-\(UUID().uuidString)"), "--threads",
        "1",
      ]
        + settings)
  }

  /// Pictures 32x32 unless told otherwise.
  private func fill(_ folder: TemporaryFolder, _ names: String..., count: Int = 3, width: Int = 32) throws {
    for (seed, name) in names.enumerated() {
      for number in 0..<count {
        try folder.picture("data/\(name)/\(number).png", width, 32, seed: UInt64(seed + number))
      }
    }
  }

  private func expect(
    _ result: ProgramResult, _ status: Int32, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == status, "\(result.messages)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(result.messages.contains(part), "\(part) in \(result.messages)", sourceLocation: sourceLocation)
    }
  }

  private let sizes = "root: data, load_size: 36, crop_size: 32"

  @Test func twoFoldersUnderOtherNames() throws {
    for (a, b) in [("train_A", "train_B"), ("TrainA", "TrainB"), ("A/train", "B/train"), ("train/A", "train/B")] {
      let folder = try TemporaryFolder()
      try fill(folder, a, b)
      expect(
        try train("cyclegan", folder, data: sizes), 3, "/data: has no folders trainA and trainB; it has ",
        "set data.folder_a: \(folder.file("data"))/\(a) and data.folder_b: \(folder.file("data"))/\(b)")
    }
    let folder = try TemporaryFolder()
    try fill(folder, "inner/trainA", "inner/trainB")
    expect(try train("cyclegan", folder), 3, "it has inner", "did you mean data.root: \(folder.file("data"))/inner?")
    expect(
      try train("cyclegan", folder, "data.root=\(folder.file("data"))/inner/trainA"), 3,
      "did you mean data.root: \(folder.file("data"))/inner?")
  }

  @Test func foldersThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    try fill(folder, "trainA", "trainB", "testA", "testB")
    for (root, help) in [
      (folder.file("dta"), "did you mean \(folder.file("data"))?"),
      ("~/pictures", "only the shell expands ~ and $HOME"),
      ("$HOME/pictures", "only the shell expands ~ and $HOME"), ("C:\\Users\\me\\data", "/mnt/c/Users/me/data"),
    ] {
      expect(try train("cyclegan", folder, "data.root=\(root)"), 3, "\(root): there is no such folder", help)
    }
    expect(
      try train("cyclegan", folder, "data.phase=tarin"), 3, "has no folders tarinA and tarinB",
      "did you mean the phase train?")
    expect(try train("cyclegan", folder, data: sizes, "data.validation=vla"), 3, "has no folders vlaA and vlaB")
    expect(
      try train(
        "cyclegan", folder, data: sizes, "data.validation_folder_a=\(folder.file("data/testa"))",
        "data.validation_folder_b=\(folder.file("data/testB"))"), 3, "did you mean \(folder.file("data/testA"))?")
  }

  @Test func sidesAndFilesOfOtherKindsAreTold() throws {
    let folder = try TemporaryFolder()
    try fill(folder, "trainA", count: 3)
    try fill(folder, "trainB", count: 2)
    for name in ["a.gif", "b.png.gif", "c.txt"] {
      try AtomicFile.write(Data((name == "c.txt" ? "text" : "GIF89a").utf8), to: folder.file("data/trainB/\(name)"))
    }
    let deep = try #require(Bundle.module.url(forResource: "Resources/gray12in16", withExtension: "png"))
    try FileManager.default.copyItem(atPath: deep.path, toPath: folder.file("data/trainA/deep.png"))
    expect(
      try train("cyclegan", folder, data: sizes), 0, "A: 4 pictures, B: 2 in \(folder.file("data"))/trainA + trainB",
      "/data/trainB: 2 files of kinds that are not read: 2 GIF; skipped 1 other file: 1 .txt",
      "deep.png looks like 12-bit data in 16 bits")
  }

  /// What training says of pictures, translating says too.
  @Test func inputsOfOtherKindsAreTold() throws {
    let folder = try TemporaryFolder()
    try fill(folder, "trainA", "trainB")
    expect(try train("cyclegan", folder, data: sizes), 0)
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("run-") }
    try fill(folder, "in", count: 1)
    try AtomicFile.write(Data("GIF89a".utf8), to: folder.file("data/in/a.gif"))
    try AtomicFile.write(Data("\0\0\0\u{18}ftypheic".utf8), to: folder.file("data/in/b"))
    let deep = try #require(Bundle.module.url(forResource: "Resources/gray12in16", withExtension: "png"))
    try FileManager.default.copyItem(atPath: deep.path, toPath: folder.file("data/in/deep.png"))
    let result = try runGanctl([
      "translate", folder.file("data/in"), "-o", folder.file("out"), "--run", folder.file(try #require(runs.first)),
      "--threads", "1",
    ])
    expect(
      result, 0, "/data/in: 2 files of kinds that are not read: 1 GIF, 1 HEIC",
      "deep.png looks like 12-bit data in 16 bits")
    #expect(folder.names(in: "out").filter { $0.hasSuffix(".png") } == ["0.png", "deep.png"])
  }

  @Test func photographsAreNoPairs() throws {
    let folder = try TemporaryFolder()
    try fill(folder, "train", count: 4)
    expect(
      try train("pix2pix", folder, data: sizes), 3, "4 of 4 pictures are not about twice as wide as high",
      "0.png 32x32", "data.pairs: side_by_side")
    expect(try train("pix2pix", folder, data: sizes, "data.pairs=side_by_side"), 0, "4 pairs in ")
    try fill(folder, "train", count: 4, width: 64)
    expect(try train("pix2pix", folder, data: sizes), 0, "4 pairs in \(folder.file("data"))/train,")
    for (a, b) in [("train/A", "train/B"), ("A/train", "B/train")] {
      let folder = try TemporaryFolder()
      try fill(folder, a, b)
      expect(try train("pix2pix", folder, data: sizes), 0, "3 pairs in \(folder.file("data"))/\(a) + ")
    }
    expect(try train("pix2pix", folder, data: sizes, "data.pairs=by_name"), 3, "has no folders trainA and trainB")
  }

  @Test func unfitSizesAreNamedAtOnce() throws {
    let folder = try TemporaryFolder()
    try fill(folder, "trainA", "trainB")
    for side in ["A", "B"] {
      try folder.picture("data/train\(side)/wide.png", 52, 32)
      try folder.picture("data/train\(side)/last.png", 32, 40)
    }
    let result = try train("pix2pix", folder, data: sizes + ", preprocess: none", "data.batch_size=1")
    expect(
      result, 3, "trainB/wide.png: comes out as 52x32; the networks need multiples of 32, at least 32",
      "trainB/last.png: comes out as 32x40", "use data.preprocess: resize_and_crop with crop_size: 32 and load_size: 36"
    )
    #expect(result.messages.components(separatedBy: "help:").count == 2, "\(result.messages)")
  }

  @Test func phasesAreNoDomains() throws {
    let folder = try TemporaryFolder()
    try fill(folder, "trainA", "trainB", "testA", "testB", count: 1)
    expect(
      try train("stargan", folder), 3, "has no folder train, and testA, testB, trainA and trainB are no domains")
    let turned = try TemporaryFolder()
    try fill(turned, "cat/train", "cat/test", "dog/train", "dog/test", count: 1)
    expect(
      try train("stargan", turned), 3, "/data/cat: has the folder test, but parts of a data set go above domains",
      "/data/test/cat")
    let domains = try TemporaryFolder()
    try fill(domains, "train/cat", "train/dog", "test/cat", "test/dog")
    expect(
      try train("stargan", domains, "data.phase=trian"), 3,
      "/data: has no folder trian with a subfolder for each domain",
      "did you mean the phase train?")
    // The model has the size, and the example for CelebA takes folders.
    expect(try train("stargan", domains), 0, "6 pictures in \(domains.file("data"))/train", "domains cat, dog")
    let example = try runGanctl([
      "train", "--config", Repository.path + "/configs/stargan.yaml", "--run", domains.file("example"),
      "--set", "data.root=\(domains.file("data"))", "--set", "model.g_conv_dim=2", "--set", "model.d_conv_dim=2",
      "--set", "model.g_repeat_num=0", "--set", "data.batch_size=2", "--set", "train.steps=1",
      "--set", "train.sample_count=1", "--threads", "1",
    ])
    expect(example, 0, "domains cat, dog", "6 pictures are enlarged: the smallest from 32x32 to 128x128")
  }

  @Test func listsOfAttributes() throws {
    let folder = try TemporaryFolder()
    for (seed, name) in ["1", "2", "a b", "4", "5"].enumerated() {
      try folder.picture("data/\(name).png", 32, 32, seed: UInt64(seed))
    }
    func rows(_ ending: String, _ separator: String) -> String {
      ["1", "2", "a b", "4", "5"].map { [$0 + ending, "1", "-1"].joined(separator: separator) + "\n" }.joined()
    }
    try AtomicFile.write("5\nMale Young\n" + rows(".png", " "), to: folder.file("words.txt"))
    try AtomicFile.write("image_id,Male,Young\n" + rows(".png", ","), to: folder.file("kaggle.csv"))
    try AtomicFile.write("5\nMale Young\n" + rows(".jpg", " "), to: folder.file("jpg.txt"))
    let selected = "data.selected_attributes=[Young, Male]"
    for name in ["words.txt", "kaggle.csv"] {
      expect(
        try train("stargan", folder, "data.attributes=\(folder.file(name))", selected, "data.held_out=1"), 0,
        "4 pictures in \(folder.file(name))", "attributes Young, Male")
    }
    let jpg = try train("stargan", folder, "data.attributes=\(folder.file("jpg.txt"))", selected, "data.held_out=1")
    expect(jpg, 3, "all of its 5 pictures are missing in", "there is 1.png instead of 1.jpg")
    #expect(!jpg.messages.contains("errors"), "\(jpg.messages)")
    expect(
      try train(
        "stargan", folder, "data.attributes=\(folder.file("words.txt"))", "data.selected_attributes=[Male, Male]"),
      2, "data.selected_attributes: Male is there more than once")
  }
}
