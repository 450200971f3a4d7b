import Foundation
import GanBase
import GanModels
import GanStore
import GanTensor
import GanTrain

/// `ganctl init`: writes a configuration for the user's pictures.
enum InitCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "init", summary: "Write a configuration that fits your pictures",
      usage: ["init [MODEL] --data DIR [-o FILE] [options]"],
      operands: [
        OperandSpecification(
          "MODEL", .optional, help: "\(Registry.names.joined(separator: ", ")) (default: one that suits the pictures)")
      ],
      options: [
        OptionSpecification("--data", value: "DIR", help: "folder with the pictures"),
        OptionSpecification(
          "--output", short: "o", value: "FILE",
          help: "configuration to write (default: MODEL-NAME.yaml with the NAME of DIR)"),
        OptionSpecification(
          "--size", value: "N", help: "train on pictures of NxN (default: as large as they are, up to the paper's)"),
        OptionSpecification("--hours", value: "H", help: "end training after H hours (default: after all epochs)"),
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
      ],
      details: details,
      hints: MisuseHints(
        option: { spelling, value in
          ["--root", "--dataroot", "--data-root"].contains(spelling) ? "write --data \(value ?? "DIR")" : nil
        }, argument: { "write --data \($0)" }))
  }

  /// Seconds after which no further trial step begins.
  private static let trialLimit = 15.0

  private static let details = """
    Examines the pictures in DIR and chooses how to read them, the size of the training
    pictures, the number of epochs, and how often samples and checkpoints are written.
    Then takes at least one training step, for at most half a minute, and estimates the
    time, memory and disk space of a whole run. The file has a comment for every option.
    The last line of the output is the command to train with it. An existing FILE is
    never overwritten.

    DIR holds one of these:

      train/1.png ...                    input and target side by side in one file
      trainA/ and trainB/                two kinds of pictures, or pairs with equal names
      train/cat/ train/dog/ train/wolf/  a folder per kind
      images/ and list_attr.txt          a list of attributes in CelebA's format

    Pictures in val/ or test/ (valA/, testA/ ...) next to these folders are never trained
    on; they are used for samples.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let console = context.console
    let model = try model(arguments.operand("MODEL"))
    let data = try arguments.requiredPath("--data")
    let wishes = Proposal.Wishes(
      size: try arguments.integer("--size", in: 8...4096), hours: try arguments.number("--hours", in: 0.01...100_000))
    let given = try arguments.outputPath("--output")
    if let given { try refuseExisting(given) }
    try context.console.startEngine(threads: arguments.integer("--threads", in: 1...1024))
    var proposal = try Proposal(model, data: data, wishes)
    let file = given ?? proposal.fileName
    try refuseExisting(file)
    try OutputFile.checkPlaces([file])
    for line in proposal.facts { console.notice(line) }
    console.notice("Taking a few training steps to see how long they take ...")
    do {
      try TrainCommand.shown(in: console) { try proposal.tryOut(as: file, limit: trialLimit, phase: $0.phase) }
    } catch let error as GanError where error.code == .environment {
      throw error.adding(help: "with ganctl init, use --size")
    }
    for line in proposal.estimate { console.notice("        " + line) }
    try refuseExisting(file)
    try OutputFile.makeParent(of: file)
    try AtomicFile.write(proposal.text, to: file)
    console.notice("Wrote \(file). Check it, then train with:")
    console.result("ganctl train --config \(file.shellWord)")
    return ExitCode.ok.rawValue
  }

  private static func model(_ name: String?) throws -> String? {
    guard let name, Registry.model(name) == nil else { return name }
    let near = suggestion(for: name, among: Registry.names).map { "did you mean \($0)? " } ?? ""
    throw GanError.usage(
      "unknown model \(quoted(name))", help: "\(near)There are \(Registry.names.joined(separator: ", "))")
  }

  private static func refuseExisting(_ file: FilePath) throws {
    guard file.exists else { return }
    throw GanError.usage("this file exists already", at: file, help: "remove it, or name another one with -o FILE")
  }
}
