import GanBase
import GanConfig
import GanData
import GanStore
import GanTensor

/// What a configuration will take: pictures, networks, memory, time and disk, with the time of real steps.
package struct TrainingPlan {
  private let parts: TrainingParts
  private let pictures: PictureFacts
  /// Of the stages of training, or of the only one.
  private let trials: [TrainingTrial]
  private let files: RunFiles
  /// Bytes of memory that a step needs by the estimate, and that are available.
  package let estimatedMemory: Int
  private let availableMemory: Int?
  private let place: FilePath

  /// Makes the networks and takes a few steps.
  /// - Parameters:
  ///   - document: the source of the configuration, for locations in error messages.
  ///   - place: the folder in which the run will be made.
  ///   - limit: seconds after which no further step begins.
  ///   - phase: called with a description of each stage.
  /// - Throws: `GanError` for everything that `train` would reject.
  package init(
    _ configuration: TrainingConfiguration, _ document: ConfigDocument, place: FilePath, limit: Double,
    phase: (String) -> Void = { _ in }
  ) throws {
    var estimate = 0
    availableMemory = MemoryLimits.availableMemory.map { $0 + MemoryLimits.resident }
    let parts = try TrainingParts(
      configuration, document, begins: true, phase: phase, memory: { estimate = $0.bytes })
    (self.parts, estimatedMemory, self.place) = (parts, estimate, place)
    pictures = PictureFacts(parts)
    let configuration = parts.configuration, later = configuration.laterStages
    var trials = [try TrainingTrial(parts, limit: limit / Double(1 + later.count), phase: phase)]
    for stage in later {
      trials.append(
        try TrainingTrial(
          TrainingParts(stage, document, phase: phase), limit: limit / Double(1 + later.count), phase: phase))
    }
    self.trials = trials
    let largest = parts.report.largest
    files = RunFiles(
      configuration.train, steps: configuration.allSteps(of: parts.pictures), epochs: configuration.allEpochs,
      secondsPerStep: Self.seconds(trials, parts) / Double(max(1, configuration.allSteps(of: parts.pictures))),
      checkpointBytes: trials.map(\.checkpointBytes).max() ?? 0,
      pixels: (largest?.width ?? 0) * (largest?.height ?? 0), keepsBest: parts.evaluation != nil)
  }

  /// Of the whole run, without a limit of time.
  private static func seconds(_ trials: [TrainingTrial], _ parts: TrainingParts) -> Double {
    var left = parts.configuration.train.steps ?? .max
    return trials.enumerated().reduce(0) { sum, trial in
      let steps = min(left, parts.configuration.steps(ofStage: trial.offset, parts.pictures))
      left -= steps
      return sum + Double(steps) * trial.element.secondsPerStep
    }
  }

  /// Of the whole run, on average.
  package var secondsPerStep: Double { Self.seconds(trials, parts) / Double(max(1, steps)) }
  /// Steps that the time was measured with.
  package var stepsTaken: Int { trials.reduce(0) { $0 + $1.steps } }
  /// Peak memory of the process with these steps.
  package var measuredMemory: Int { trials.map(\.peakBytes).max() ?? 0 }
  package var steps: Int { parts.configuration.allSteps(of: parts.pictures) }
  /// Seconds of the whole run.
  package var seconds: Double {
    let all = Self.seconds(trials, parts)
    return parts.configuration.train.minutes.map { min(all, $0 * 60) } ?? all
  }

  /// What each stage of training is, its steps, and the seconds of one; empty without stages.
  package var stages: [(words: String, steps: Int, secondsPerStep: Double)] {
    guard parts.configuration.stage != nil else { return [] }
    return zip([parts.configuration] + parts.configuration.laterStages, trials).enumerated().map { index, stage in
      (
        stage.0.stageInWords, parts.configuration.steps(ofStage: index, parts.pictures), stage.1.secondsPerStep
      )
    }
  }

  /// Bytes of disk that the run needs, and that are free.
  package var diskBytes: Double { files.bytes }
  package var diskAvailable: Int? { DiskSpace.available(at: place) }
  package var unusable: [Diagnostic] { parts.unusable }

  /// What was found out, one fact per line, without the estimates.
  package var facts: [String] {
    let lines = TrainingFacts(parts)
    var result = lines.dataAndModel
    for group in pictures.groups {
      let name = group.name.isEmpty ? "" : "\(group.name): "
      result.append("size:   \(name)\(PictureFacts.sizes(of: group))")
    }
    result.append("change: \(pictures.change)" + (pictures.smallOnes.map { "; \($0)" } ?? ""))
    return result + parts.notices.map { "note:   \($0)" }
  }

  /// `4 checkpoints of 351 MB and 16 sample sheets`
  package func filesInWords(_ size: (Double) -> String) -> String {
    "\(counted(files.checkpoints, "checkpoint")) of \(size(Double(files.checkpointBytes))) and about "
      + counted(files.sheets, "sample sheet")
  }

  package var json: JSONValue {
    func optional(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }
    let configuration = parts.configuration
    return [
      "model": .string(configuration.model.configured.info.name),
      "pictures": .array(pictures.groups.map(Self.json)),
      "preprocess": .string(pictures.preprocess.rawValue), "load_size": .integer(pictures.loadSize),
      "crop_size": .integer(pictures.cropSize), "smaller_than_crop": .integer(pictures.smaller),
      "validation_pictures": .integer(parts.validation?.count ?? 0),
      "unusable": .integer(parts.unusable.count),
      "parameters": .object(parts.builder.networks.map { ($0.name, .integer($0.parameterCount)) }),
      "batch_size": .integer(parts.pictures.request.batchSize),
      "steps_per_epoch": .integer(parts.pictures.batchesPerEpoch), "epochs": .integer(configuration.allEpochs),
      "steps": .integer(steps), "seconds_per_step": .number(secondsPerStep), "steps_measured": .integer(stepsTaken),
      "seconds": .number(seconds),
      "stages": .array(
        stages.map {
          [
            "stage": .string($0.words), "steps": .integer($0.steps), "seconds_per_step": .number($0.secondsPerStep),
          ]
        }),
      "memory": [
        "estimate": .integer(estimatedMemory), "measured": .integer(measuredMemory),
        "available": optional(availableMemory),
      ],
      "disk": [
        "bytes": .integer(Int(min(diskBytes, 1e18))), "available": optional(diskAvailable),
        "checkpoint_bytes": .integer(files.checkpointBytes), "checkpoints": .integer(files.checkpoints),
        "sample_sheets": .integer(files.sheets),
      ],
    ]
  }

  private static func json(_ group: PictureGroup) -> JSONValue {
    func size(_ size: (width: Int, height: Int)?) -> JSONValue {
      size.map { .array([.integer($0.width), .integer($0.height)]) } ?? .null
    }
    return [
      "name": .string(group.name), "count": .integer(group.count),
      "least": size(group.least.map { ($0.width, $0.height) }),
      "median": size(group.median.map { ($0.width, $0.height) }),
      "greatest": size(group.greatest.map { ($0.width, $0.height) }),
    ]
  }

  /// Memory for a step against what there is: `about 595 MiB, 21 GiB are available`.
  package var available: Int? { availableMemory }
}
