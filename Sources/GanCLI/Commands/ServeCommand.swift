import GanBase
import GanServe
import GanTensor

/// `ganctl serve`: pages in a browser to try models with, and to watch runs.
enum ServeCommand: Command {
  static var specification: CommandSpecification {
    CommandSpecification(
      "serve", summary: "Try models by drawing, and watch runs, in a browser",
      usage: ["serve [--run RUN]... [options]"],
      options: [
        OptionSpecification(
          "--run", value: "RUN", repeatable: true,
          help: "a run, a checkpoint or a folder of runs, to be shown besides the runs in runs/"),
        OptionSpecification(
          "--port", value: "N", help: "port to listen at; 0 for any that is free (default: \(StudioServer.usualPort))"),
        OptionSpecification(
          "--host", value: "NAME",
          help: "name or address of this machine for browsers of other machines; 0.0.0.0 for all its addresses "
            + "(default: only browsers of this machine)"),
        .weights,
        .precision,
        OptionSpecification("--threads", value: "N", help: "threads that compute (default: all cores)"),
      ],
      details: details)
  }

  private static let details = """
    Prints the address of a page and serves it until Ctrl-C. In the studio you draw, or
    drop, paste or choose a picture, and see its translation beside it, also while you
    draw. Other pages list the runs and show them while they train. The newest
    checkpoint of a run is used.

    The page needs nothing from the internet. Without --host only this machine can open
    it. With --host the address ends in a token drawn at random, which everybody needs;
    there is no encryption, so use it in a network that you trust, or leave it out and
    forward the port: ssh -L 8787:127.0.0.1:8787 MACHINE

    One picture is translated at a time, and a few wait; beyond that the server answers
    that it is busy. Pictures are read from the requests and not stored.

    Programs can translate too: POST /api/translate with a JSON object of run, picture
    (a file in base64) and, if wanted, target, attributes, seed, size (shorter
    side) and style (a picture) gives a PNG. GET /api/runs lists the runs. The random
    numbers are those of 'ganctl translate drawing.png'.
    """

  static func run(_ arguments: ParsedArguments, in context: CommandContext) throws -> Int32 {
    let port = try arguments.integer("--port", in: 0...65535) ?? StudioServer.usualPort
    let threads = try arguments.integer("--threads", in: 1...1024)
    let weights = try arguments.weights()
    let runs = try ServedRuns(folder: "runs", given: arguments.paths("--run"))
    try context.console.startEngine(threads: threads)
    Precision.use(try arguments.precision(context.console))
    Signals.install(grace: 1.5)
    let server = StudioServer(runs: runs, weights: weights, host: arguments.string("--host"), port: port)
    let console = context.console
    try server.run { addresses in
      console.result(lines: addresses)
      console.notice("open this address in a browser; Ctrl-C ends the server")
    } until: {
      Signals.pending != nil
    }
    return Signals.pending.map { 128 + $0 } ?? ExitCode.ok.rawValue
  }
}
