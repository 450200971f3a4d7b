import GanBase
import GanData

/// A description of model and data, for the first lines of a run.
package struct TrainingFacts {
  private let parts: TrainingParts

  package init(_ parts: TrainingParts) { self.parts = parts }

  package var lines: [String] {
    let data = Self.data(parts.pictures, parts.validation, measuresValidation: parts.measuresValidation)
    return [model] + [averages, stages].compactMap { $0 } + [data, size] + parts.notices.map { "note:   \($0)" }
  }

  /// The lines on data and model alone.
  var dataAndModel: [String] {
    [model, Self.data(parts.pictures, parts.validation, measuresValidation: parts.measuresValidation)]
  }

  /// The disk space that the run takes at least, and a warning if there is less.
  package func disk(at place: FilePath, size: (Double) -> String) -> (line: String, warning: String?) {
    let largest = parts.report.largest, train = parts.configuration.train
    let files = RunFiles(
      train, steps: parts.configuration.allSteps(of: parts.pictures), epochs: parts.configuration.allEpochs,
      secondsPerStep: nil, checkpointBytes: parts.checkpointBytes,
      pixels: (largest?.width ?? 0) * (largest?.height ?? 0), keepsBest: parts.evaluation != nil)
    let line = "about \(size(files.bytes)) for \(counted(files.checkpoints, "checkpoint")) and sample sheets"
    guard let free = DiskSpace.available(at: place) else { return (line, nil) }
    let lack = files.bytes > Double(free)
    return (
      line + "; \(size(Double(free))) are free",
      lack ? "the run takes about \(size(files.bytes)) of disk, and only \(size(Double(free))) are free" : nil
    )
  }

  private var size: String { "size:   " + PictureFacts(parts).inShort }

  /// For instance `stage:  1 of 2: 64x64, trains global, 100 epochs`.
  private var stages: String? {
    parts.configuration.stage == nil ? nil : "stage:  " + parts.configuration.stageInWords
  }

  private var model: String {
    let info = parts.configuration.model.configured.info
    let networks = parts.builder.networks.map { "\($0.name) \(grouped($0.parameterCount))" }
    return "model:  \(info.title); parameters: \(networks.joined(separator: ", "))"
  }

  /// For instance `ema:    0.999 of the averages of G_A, G_B is kept by each step; sheets and translations use them`.
  private var averages: String? {
    guard let averages = parts.builder.averages else { return nil }
    let names = averages.networks.joined(separator: ", ")
    let kept =
      switch averages.rule.decay {
      case .perUpdate(let share): "a step keeps \(short(share, digits: 8)) of them"
      case .halfLife(let pictures): "half of them is new after \(grouped(Int(pictures))) pictures"
      }
    return "ema:    averages of \(names); \(kept); sample sheets, measurements and translations use them"
  }

  static func data(_ pictures: DataSet, _ validation: DataSet?, measuresValidation: Bool) -> String {
    var text = "data:   \(amount(pictures)) in \(pictures.source), \(grouped(pictures.batchesPerEpoch))"
    text += " \(pictures.batchesPerEpoch == 1 ? "step" : "steps") an epoch"
    if !pictures.domains.isEmpty {
      let kind = pictures.request.mode == .attributes ? "attributes" : "domains"
      text += "; \(kind) \(pictures.domains.joined(separator: ", "))"
    }
    if let second = pictures.second.first {
      text += "; \(amount(second)) in \(second.source), classes \(second.domains.joined(separator: ", "))"
    }
    if let masks = pictures.maskCounts { text += "; masks: A \(grouped(masks.a)), B \(grouped(masks.b))" }
    if let validation {
      text += "; \(amount(validation)) in \(validation.source) for samples"
      if measuresValidation { text += " and validation" }
    } else {
      text += "; no validation pictures: samples show training pictures"
    }
    return text
  }

  /// For instance `50 pairs`, `14 pictures`, or `A: 14 pictures, B: 1`.
  private static func amount(_ pictures: DataSet) -> String {
    let (a, b) = pictures.counts
    func amount(_ count: Int, _ one: String) -> String { "\(grouped(count)) \(one)\(count == 1 ? "" : "s")" }
    switch pictures.request.mode {
    case .aligned: return amount(a, "pair")
    case .unaligned: return "A: \(amount(a, "picture")), B: \(grouped(b))"
    case .domains, .attributes, .single: return amount(a, "picture")
    }
  }
}
