import Foundation
import GanBase
import GanImage
import GanStore
import GanTestSupport
import Testing

@testable import GanReport

@Suite struct RunReportTests {
  /// A run's folder with these logs.
  private func makeRun(_ path: String, log: String?, timing: String? = nil, sheets: [Int] = []) throws {
    try AtomicFile.makeFolder(FilePath(path + "/checkpoints"))
    try AtomicFile.makeFolder(FilePath(path + "/samples"))
    try AtomicFile.write(
      "seed: 1\nmodel:\n  # the model\n  name: pix2pix\n  ngf: 4\n", to: FilePath(path + "/config.yaml"))
    if let log { try AtomicFile.write(log, to: FilePath(path + "/log.jsonl")) }
    if let timing { try AtomicFile.write(timing, to: FilePath(path + "/timing.jsonl")) }
    for step in sheets {
      let sheet = Picture(width: 1200, height: 300, channels: 3, fill: UInt8(step % 256))
      try PictureFile.writePNG(sheet, to: FilePath(path + "/samples/step-\(String(format: "%06d", step)).png"))
    }
  }

  @Test func tellsWhatTheFilesHold() throws {
    try withTemporaryFolder { folder in
      try makeRun(
        folder + "/run",
        log: """
          {"step":0,"epoch":1,"program":"9.9","engine":"OpenBLAS X"}
          {"step":50,"epoch":1,"G":2,"D":0.5,"learning_rate":0.0002}
          {"step":60,"epoch":1,"eval":{"fid":30.5,"kid":0.2,"features":"built-in features"}}
          {"step":100,"epoch":2,"G":1,"D":0.25,"learning_rate":0.0001,"skipped":3}
          {"step":100,"epoch":2,"change":1,"changed":{"model.learning_rate":["0.0002","0.0001"]}}
          {"step":120,"epoch":2,"eval":{"fid":40.5,"kid":0.1,"features":"built-in features"}}

          """,
        timing: """
          {"step":0,"session":{"started":"2026-01-01 00:00 UTC","processor":"CPU Z","threads":2,"notices":["a notice"]}}
          {"step":50,"seconds":10,"images":50,"waited_for_data":1,"peak_memory":2147483648}
          {"step":100,"seconds":5,"images":50,"waited_for_data":0,"peak_memory":1073741824}
          {"step":100,"warning":"x.png: damaged: skipped"}

          """, sheets: [0, 100])
      let record = try RunRecord(FilePath(folder + "/run"))
      #expect(record.step == 120 && record.epoch == 2 && record.skipped == 3)
      #expect(record.losses.map(\.name) == ["G", "D"])
      #expect(record.seconds == 15 && record.pictures == 100 && record.waited == 1)
      #expect(record.peakMemory == 2_147_483_648)
      #expect(record.metrics.map(\.name) == ["fid", "kid"])
      #expect(record.metrics.map { $0.best?.epoch } == [1, 2])
      let html = try RunReport([FilePath(folder + "/run")], state: "training").html
      for part in [
        "<h1>run <small class=\"state\">training</small></h1>", "CPU Z", "a notice", "x.png: damaged: skipped",
        "model.learning_rate: 0.0002 → 0.0001", "2.0 GiB", "fid 30.5 (epoch 1)", "ganctl 9.9",
        "data:image/jpeg;base64,", "name: pix2pix",
      ] {
        #expect(html.contains(part), "\(part)")
      }
      #expect(!html.contains("http://") && !html.contains("https://"))
    }
  }

  @Test func theLastStepIsThatOfTheCheckpoint() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try makeRun(run, log: "{\"step\":3800,\"epoch\":20,\"G\":1}\n")
      for step in [3800, 3833] {
        try CheckpointFile.write(
          to: FilePath(run + "/checkpoints/step-00\(step).safetensors"), tensors: [],
          metadata: ["state": "{\"step\":\(step)}"])
      }
      #expect(try RunRecord(FilePath(run)).step == 3833)
      #expect(try RunReport([FilePath(run)]).html.contains("<td>3,833</td>"))
    }
  }

  @Test func symptomsAreShownWithTheirCures() throws {
    try withTemporaryFolder { folder in
      let run = folder + "/run"
      try makeRun(
        run,
        log: """
          {"step":500,"epoch":3,"diagnosis":"black-pictures","text":"the translations are black"}
          {"step":600,"epoch":3,"diagnosis":"of-a-later-version","text":"the pictures are strange"}

          """)
      let html = try RunReport([FilePath(run)]).html
      #expect(html.contains("<b>The translations are black.</b> <small>step 500</small>"))
      #expect(html.contains("start again with a smaller model.learning_rate"))
      #expect(html.contains("docs/troubleshooting.md#black-pictures"))
      #expect(html.contains("<b>The pictures are strange.</b> <small>step 600</small></div>"))
    }
  }

  @Test func largerIsBetterForSomeMetrics() {
    func best(_ name: String) -> Double? {
      var metric = RunRecord.Metric(name: name, features: nil)
      metric.values = [(1, 1, 0.5), (2, 2, 0.7), (3, 3, 0.6)]
      return metric.best?.value
    }
    #expect(["ssim", "validation ssim", "psnr"].map(best) == [0.7, 0.7, 0.7])
    #expect(["fid", "l1", "validation L1"].map(best) == [0.5, 0.5, 0.5])
  }

  @Test func damagedAndMissingFilesDoNotPreventIt() throws {
    try withTemporaryFolder { folder in
      let torn = folder + "/torn"
      try makeRun(torn, log: "{\"step\":1,\"G\":1}\n\u{0}\u{0}\u{0}\nxx\n{\"step\":2,\"G\":", timing: "oh\n")
      try AtomicFile.write("no picture", to: FilePath(torn + "/samples/step-000001.png"))
      let html = try RunReport([FilePath(torn)]).html
      #expect(html.contains("3 lines of the logs could not be read"))
      let bare = folder + "/bare"
      try makeRun(bare, log: nil)
      #expect(try RunReport([FilePath(bare)]).html.contains("log.jsonl could not be read"))
      #expect(throws: GanError.self) { try RunReport([FilePath(folder)]) }
      #expect(throws: GanError.self) { try RunReport([FilePath(folder + "/nowhere")]) }
    }
  }

  @Test func nothingFromFilesBecomesMarkup() throws {
    try withTemporaryFolder { folder in
      let evil = "<script>alert(1)</script>'\\\"&"
      let path = folder + "/<b>run"
      try makeRun(
        path,
        log: """
          {"step":1,"\(evil.replacing("\\\"", with: ""))":1}
          {"step":1,"diagnosis":"\(evil)","text":"\(evil)"}
          {"step":1,"eval":{"\(evil)":1}}
          {"step":1,"changed":{"\(evil)":["\(evil)","2"]},"program":"\(evil)"}

          """, timing: "{\"step\":0,\"session\":{\"processor\":\"\(evil)\",\"notices\":[\"\(evil)\"]}}\n")
      try AtomicFile.write("name: \(evil)\n", to: FilePath(path + "/config.yaml"))
      for runs in [[path], [path, path]] {
        let html = try RunReport(runs.map { FilePath($0) }).html
        #expect(!html.contains("<script>alert") && !html.contains("<b>run"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&#39;"))
      }
    }
  }

  @Test func aLargeRunStaysSmall() throws {
    try withTemporaryFolder { folder in
      let losses = (0..<30).map { "\"loss_\($0)\":0.\($0)123456789012345" }.joined(separator: ",")
      let log = (1...4000).map { "{\"step\":\($0 * 250),\"epoch\":1,\(losses),\"learning_rate\":0.0002}\n" }.joined()
      try makeRun(folder + "/a", log: log, sheets: Array(stride(from: 0, through: 60_000, by: 1000)))
      let report = try RunReport([FilePath(folder + "/a")])
      #expect(report.html.utf8.count < 5_000_000)
      #expect(report.html.components(separatedBy: "data-frame=").count - 1 > 10)
      #expect(report.runs[0].losses.count == 30)
      let many = try RunReport((0..<6).map { _ in FilePath(folder + "/a") })
      #expect(many.html.utf8.count < 5_000_000)
    }
  }
}
