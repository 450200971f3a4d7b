import GanBase
import GanStore

/// Reading `log.jsonl` and `timing.jsonl`.
extension RunRecord {
  mutating func readLog() {
    var scanner = LogScanner()
    var curves: [Curve] = [], others: [JSONValue] = []
    var lastStep = 0
    scan("log.jsonl", &scanner) { step, numbers in
      lastStep = max(lastStep, step)
      for (slot, value) in numbers {
        while curves.count <= slot { curves.append(Curve()) }
        curves[slot].add(value, step: step)
      }
    } other: {
      others.append($0)
    }
    step = lastStep
    for (slot, curve) in curves.enumerated() where !curve.isEmpty {
      switch scanner.names[slot] {
      case "epoch": epoch = Self.count(curve.last)
      case "stage": stage = Self.count(curve.last)
      case "skipped": skipped = Self.count(curve.last)
      case "learning_rate": learningRate = curve
      case let name: losses.append((name, curve))
      }
    }
    for line in others { takeLog(line) }
  }

  /// What a process counts; its successor begins anew.
  private struct Counts {
    var seconds = 0.0, pictures = 0.0, waited = 0.0
  }

  mutating func readTiming() {
    var scanner = LogScanner(expecting: ["seconds", "images", "waited_for_data", "peak_memory"])
    var others: [JSONValue] = []
    var total = Counts(), before = Counts()
    var pace = Curve(), peak = 0.0
    scan("timing.jsonl", &scanner) { step, numbers in
      var now = Counts()
      for (slot, value) in numbers {
        switch slot {
        case 0: now.seconds = value
        case 1: now.pictures = value
        case 2: now.waited = value
        case 3: peak = max(peak, value)
        default: break
        }
      }
      if now.seconds < before.seconds || now.pictures < before.pictures { before = Counts() }
      let seconds = now.seconds - before.seconds, pictures = now.pictures - before.pictures
      if seconds > 0 { pace.add(pictures / seconds, step: step) }
      total.seconds += seconds
      total.pictures += pictures
      total.waited += max(0, now.waited - before.waited)
      before = now
    } other: {
      others.append($0)
    }
    (self.pace, seconds, waited) = (pace, total.seconds, total.waited)
    pictures = Self.count(total.pictures)
    peakMemory = peak > 0 ? Self.count(peak) : nil
    for line in others { takeTiming(line) }
  }

  private mutating func scan(
    _ name: String, _ scanner: inout LogScanner, row: (Int, LogScanner.Row) -> Void, other: (JSONValue) -> Void
  ) {
    do { try scanner.scan(path.appending(name), row: row, other: other) } catch { unreadable.append(name) }
    damagedLines += scanner.damaged
  }

  private static func count(_ value: Double?) -> Int {
    guard let value, value.isFinite else { return 0 }
    return Int(min(max(value, 0), 1e15))
  }

  // MARK: Lines that are not only numbers

  private mutating func takeLog(_ line: JSONValue) {
    guard let step = line["step"]?.integer else { return damagedLines += 1 }
    let epoch = line["epoch"]?.integer ?? 0
    if let name = line["diagnosis"]?.string {
      diagnoses.append(Diagnosis(step: step, symptom: Symptom(rawValue: name), text: line["text"]?.string ?? name))
    }
    if let program = line["program"]?.string { (self.program, engine) = (program, line["engine"]?.string) }
    if case .object(let changed)? = line["changed"] {
      for (key, values) in changed {
        let texts = values.array?.compactMap(\.string) ?? []
        changes.append(Event(step: step, text: "\(key): \(texts.first ?? "") → \(texts.last ?? "")"))
      }
    }
    if let begin = line["begins"], let number = begin["stage"]?.integer {
      stages = begin["of"]?.integer ?? number
      stage = max(stage, number)
      changes.append(Event(step: step, text: Self.words(ofStage: number, begin)))
    }
    for key in ["validation", "eval"] {
      guard case .object(let values)? = line[key] else { continue }
      let features = line[key]?["features"]?.string
      for (name, value) in values {
        guard let value = value.number else { continue }
        note(key == "eval" ? name : "validation \(name)", features, value, step, epoch)
      }
      self.step = max(self.step, step)
    }
  }

  /// `stage 2 of 3 begins: size 128, trains enhancer alone`
  private static func words(ofStage number: Int, _ begin: JSONValue) -> String {
    let size = begin["size"]?.integer.map { "size \($0)" }
    let parts = begin["networks"]?.array.map { $0.compactMap(\.string).joined(separator: ", ") }
    let facts = [size, parts.map { "trains \($0) alone" }].compactMap { $0 }
    return "stage \(number)\(begin["of"]?.integer.map { " of \($0)" } ?? "") begins"
      + (facts.isEmpty ? "" : ": " + facts.joined(separator: ", "))
  }

  private mutating func note(_ name: String, _ features: String?, _ value: Double, _ step: Int, _ epoch: Int) {
    let features = ["fid", "kid"].contains(name) ? features : nil
    let index = metrics.firstIndex { $0.name == name && $0.features == features }
    if index == nil { metrics.append(Metric(name: name, features: features)) }
    metrics[index ?? metrics.count - 1].values.append((step, epoch, value))
  }

  private mutating func takeTiming(_ line: JSONValue) {
    let step = line["step"]?.integer ?? 0
    if let text = line["warning"]?.string { warnings.append(Event(step: step, text: text)) }
    guard let session = line["session"] else { return }
    sessions.append(
      Session(
        step: step, started: session["started"]?.string, processor: session["processor"]?.string,
        engine: session["engine"]?.string, threads: session["threads"]?.integer, memory: session["memory"]?.integer,
        notices: session["notices"]?.array?.compactMap(\.string) ?? []))
  }
}
