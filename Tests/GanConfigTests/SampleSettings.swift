import GanBase
@testable import GanConfig

enum Loss: String, CaseIterable {
  case lsgan, vanilla
  case wassersteinPenalty = "wgan-gp"
  case nothing = "none"
}

/// One option of each kind.
struct SampleSettings: Settings, Equatable {
  var epochs = 200
  var seed = 0
  var rate = 2e-4
  var momentum = 0.5
  var workers: Int?
  var limit: Double?
  var flip = true
  var folder = "data/facades"
  var note: String?
  var loss = Loss.lsgan
  var sizes = [256, 256]
  var weights: [Double] = [1, 0.5]
  var domains: [String] = []
  var losses: [Loss] = [.vanilla]

  static let options: [Option<SampleSettings>] = [
    .integer("epochs", \.epochs, in: 1...1000, "passes over the pictures"),
    .integer("seed", \.seed, in: 0..., "seed of every random draw"),
    .number("rate", \.rate, in: .above(0, through: 1), "learning rate"),
    .number("momentum", \.momentum, in: 0...1, "first moment's decay"),
    .optionalInteger("workers", \.workers, in: 1...64, "loading threads"),
    .optionalNumber("limit", \.limit, in: NumberRange(0...), "largest norm of a gradient"),
    .flag("flip", \.flip, "mirror at random"),
    .text("folder", \.folder, "folder of pictures"),
    .optionalText("note", \.note, "free words"),
    .choice("loss", \.loss, "form of the adversarial loss"),
    Option("sizes", \.sizes, ValueFormat<Int>.integer(in: 1...4096).list(count: 2...2), "height and width"),
    Option("weights", \.weights, ValueFormat<Double>.number(in: .any).list(count: 0...Int.max), "weights of the terms"),
    .texts("domains", \.domains, "names of the domains"),
    .choices("losses", \.losses, count: 1...3, "losses to add up"),
  ]
}

/// Settings made of a part, with a check across options.
struct ComposedSettings: Settings, Equatable {
  struct Part: Settings, Equatable {
    var width = 64
    static let options: [Option<Part>] = [.integer("width", \.width, in: 1...1024, "filters of the first layer")]
  }

  var part = Part()
  var crop = 256
  var load = 286

  static var options: [Option<ComposedSettings>] {
    Option.all(of: \.part) + [
      .integer("crop", \.crop, in: 1...4096, "side of the crop"),
      .integer("load", \.load, in: 1...4096, "side before the crop"),
    ]
  }

  func problems() -> [SettingsProblem] {
    crop <= load ? [] : [SettingsProblem("crop", "the crop of \(crop) does not fit in \(load)", help: "lower crop")]
  }
}

/// The diagnostics that reading `text` as one `train` section gives; empty when it is fine.
func faults(
  _ text: String, overrides: [String] = [], _ read: (inout ConfigDocument) -> Void = { _ in }
) -> [Diagnostic] {
  do {
    var document = try ConfigDocument(text: text, name: "a.yaml")
    for assignment in overrides { document.override(assignment) }
    _ = document.decode(SampleSettings.self, section: "train")
    read(&document)
    try document.finish()
    return []
  } catch let error as GanError {
    return error.code == .usage ? error.diagnostics : [Diagnostic("wrong exit code \(error.code)")]
  } catch {
    return [Diagnostic("foreign error \(error)")]
  }
}

/// What `train` decodes to; throws when anything is wrong with it.
func decoded(_ text: String, overrides: [String] = []) throws -> SampleSettings {
  var document = try ConfigDocument(text: text, name: "a.yaml")
  for assignment in overrides { document.override(assignment) }
  let settings = document.decode(SampleSettings.self, section: "train")
  try document.finish()
  return settings
}
