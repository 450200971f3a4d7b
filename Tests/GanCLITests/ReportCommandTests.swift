import Foundation
import GanBase
import GanTestSupport
import Testing

@Suite(.serialized)
struct ReportCommandTests {
  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func trainingWritesAPageAndReportWritesItAgain() throws {
    try withRuns { runs in
      let trained = try runs.train("one", "train.steps=4", "train.log_every=1", "train.sample_every=2")
      #expect(trained.status == 0, "\(trained.messages)")
      let page = runs.path("one") + "/report.html"
      let first = try text(page)
      #expect(first.contains(">finished<") && first.contains("<b>G_L1</b>") && first.contains("data-frame=\"2\""))
      let log = FileManager.default.contents(atPath: runs.path("one") + "/log.jsonl")
      #expect(AtomicFile.remove(FilePath(page)))
      let again = try runGanctl(["report", runs.path("one")])
      #expect(again.status == 0 && again.output == page + "\n", "\(again.messages)")
      let second = try text(page)
      #expect(second.contains(">finished<") && second.contains("<b>G_L1</b>"))
      #expect(FileManager.default.contents(atPath: runs.path("one") + "/log.jsonl") == log)

      #expect(try runs.train("two", "train.steps=3", "seed=9", "train.log_every=1").status == 0)
      let both = runs.folder + "/both.html"
      let compared = try runGanctl(["report", runs.path("one"), runs.path("two"), "-o", both])
      #expect(compared.status == 0 && compared.output == both + "\n", "\(compared.messages)")
      let comparison = try text(both)
      #expect(comparison.contains("data-run=\"1\"") && comparison.contains("<th>seed</th><td>"))
      // Within a run, its own page is the only file to be written.
      for place in [
        runs.path("one") + "/config.html/", runs.path("one") + "/log.jsonl", runs.path("two") + "/report.html",
      ] {
        #expect(try runGanctl(["report", runs.path("one"), "-o", place]).status == 2, "\(place)")
      }
      try AtomicFile.write("my own notes", to: FilePath(runs.folder + "/notes.html"))
      #expect(try runGanctl(["report", runs.path("one"), "-o", runs.folder + "/notes.html"]).status == 2)
      #expect(try runGanctl(["report", runs.folder + "/nothing"]).status == 4)
      #expect(try runGanctl(["report", runs.path("one"), "-o", "/proc/x.html"]).status == 5)
    }
  }

  /// As with sample sheets: the run ends with an error, and goes on later.
  @Test func aPageThatCannotBeWrittenEndsTheRun() throws {
    try withRuns { runs in
      #expect(try runs.train("run", "train.steps=2").status == 0)
      let page = runs.path("run") + "/report.html"
      try FileManager.default.removeItem(atPath: page)
      try AtomicFile.makeFolder(FilePath(page))
      let resumed = try runGanctl(["train", "--resume", runs.path("run"), "--set", "train.steps=4", "--threads", "1"])
      #expect(resumed.status == 5 && resumed.messages.contains("report.html"), "\(resumed.messages)")
      try FileManager.default.removeItem(atPath: page)
      let again = try runGanctl(["train", "--resume", runs.path("run"), "--set", "train.steps=6", "--threads", "1"])
      #expect(again.status == 0, "\(again.messages)")
      #expect(try text(page).contains(">finished<"))
    }
  }
}
