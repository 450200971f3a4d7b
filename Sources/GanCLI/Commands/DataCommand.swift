import GanBase
import GanConfig
import GanImage
import GanStore
import GanTrain

/// `ganctl data`: shows what training will see of the pictures.
enum DataCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "data", summary: "Show what the networks will see of the training pictures",
      operands: [OperandSpecification("CONFIG", help: "configuration; - reads the standard input")],
      options: [
        OptionSpecification(
          "--output", short: "o", value: "FILE", help: "the sheet, a .png (default: CONFIG's name with -data.png)"),
        OptionSpecification(
          "--set", value: "SECTION.KEY=VALUE", repeatable: true, help: "set an option, over the configuration"),
        OptionSpecification("--seed", value: "N", help: "random seed, instead of the configuration's"),
        OptionSpecification("--step", value: "N", help: "begin with the pictures of this step (default: 1)"),
        OptionSpecification("--pictures", value: "N", help: "pictures to show, a row for each (default: 6)"),
        OptionSpecification("--epochs", value: "N", help: "epochs to show of each picture (default: 4)"),
        OptionSpecification("--threads", value: "N", help: "threads that look at the pictures (default: all cores)"),
      ],
      details: details, hints: .train)
  }

  private static let details = """
    Reads the pictures as 'ganctl train --config CONFIG' does, with the same random
    numbers, and draws what the networks will see: scaled, cropped, mirrored, and
    changed by the options data.augment_*. Each row shows one picture in several
    epochs; pairs stand side by side, and for two folders without pairs the picture of
    side B that it meets. Labels name the file, and its domain or attributes.

    Prints how many pictures there are, their sizes, and the name of the sheet. The
    networks are not made, so this takes seconds. Mistakes in the configuration and
    pictures that cannot be used are reported as by train.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let console = context.console
    let path = arguments.operandPath("CONFIG") ?? ""
    try ConfigurationFile.refuseModelName(path)
    var document = try ConfigDocument(file: path)
    let seed = try arguments.integer("--seed", in: 0...Int.max).map { ["seed=\($0)"] } ?? []
    for override in arguments.list("--set") + seed { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    try configuration.checkUse(document)
    var choice = DataSheet.Choice()
    choice.step = try arguments.integer("--step", in: 1...1_000_000_000) ?? choice.step
    choice.pictures = try arguments.integer("--pictures", in: 1...64) ?? choice.pictures
    choice.epochs = try arguments.integer("--epochs", in: 1...64) ?? choice.epochs
    let output = try arguments.outputPath("--output") ?? usualOutput(path)
    try OutputFile.requireEnding("png", of: output)
    var outputs = OutputGuard()
    outputs.protect(path, "the configuration")
    try outputs.check(output)
    try OutputFile.checkPlaces([output])
    console.notice("ganctl data: \(configuration.model.configured.info.title), as \(path) says")
    try console.startEngine(threads: arguments.integer("--threads", in: 1...1024))
    let display = TrainingDisplay(console)
    display.start()
    defer { display.finish() }
    let sheet = try DataSheet(configuration, document, choice, phase: display.phase)
    for line in sheet.facts { console.notice(line) }
    if !sheet.unusable.isEmpty { TrainCommand.warn(of: sheet.unusable, console) }
    let picture = try sheet.drawn { display.phase("reading picture \($0) of \($1)") }
    display.finish()
    try outputs.check(output)
    try OutputFile.makeParent(of: output)
    try PictureFile.writePNG(picture, to: output)
    console.result(output.shown)
    return ExitCode.ok.rawValue
  }

  private static func usualOutput(_ config: FilePath) -> FilePath {
    (config == "-" ? "config" : config.withoutEnding.name).adding(suffix: "-data.png")
  }
}
