import GanBase
import GanData

/// What is to be trained on what, for the first lines of a run.
public struct TrainingFacts {
  private let parts: TrainingParts

  public init(_ parts: TrainingParts) { self.parts = parts }

  public var lines: [String] { [model, data] }

  private var model: String {
    let info = parts.configuration.model.configured.info
    let networks = parts.builder.networks.map { "\($0.name) \(grouped($0.parameterCount))" }
    return "model:  \(info.title); parameters: \(networks.joined(separator: ", "))"
  }

  private var data: String {
    let pictures = parts.pictures
    let options = pictures.options
    let kind = options.mode == .aligned ? "pairs" : options.mode == .unaligned ? "pictures a side" : "pictures"
    var text = "data:   \(grouped(pictures.count)) \(kind) of \(source(options)), \(grouped(pictures.batchesPerEpoch))"
    text += " \(pictures.batchesPerEpoch == 1 ? "step" : "steps") an epoch"
    if !pictures.domains.isEmpty {
      text += "; \(options.mode == .attributes ? "attributes" : "domains") \(pictures.domains.joined(separator: ", "))"
    }
    if let validation = parts.validation {
      text += "; \(grouped(validation.count)) of \(source(validation.options)) for samples"
      if parts.measuresValidation { text += " and validation" }
    } else {
      text += "; no validation pictures: samples show training pictures"
    }
    return text
  }

  private func source(_ options: DataOptions) -> String {
    options.mode == .attributes
      ? options.attributesFile ?? options.root : options.folderA ?? "\(options.root)/\(options.phase)"
  }
}

/// With thousands apart: `54,413,955`.
func grouped(_ number: Int) -> String {
  let digits = String(number)
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}
