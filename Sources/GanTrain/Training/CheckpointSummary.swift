import Foundation
import GanBase
import GanStore
import GanWeights

/// The contents of a checkpoint, as `ganctl inspect` shows them.
package struct CheckpointSummary {
  package struct Group {
    package let name: String
    package let tensors: Int
    package let elements: Int
    package let bytes: Int
  }

  package let path: FilePath
  package let bytes: Int
  package let model: String?
  package let program: String?
  package let engine: String?
  /// Why OpenBLAS chose its kernels; nil in checkpoints of earlier versions.
  package let engineReason: String?
  /// The configuration as YAML.
  package let config: String?
  /// Tensors by network, then the optimizers' averages, the image pools, and the averages of weights.
  package let groups: [Group]
  package let tensors: [StoredTensor]
  private let state: JSONValue?
  private let origins: NetworkOrigins

  /// - Throws: `GanError` (checkpoint) if the file is damaged or no checkpoint.
  package init(path: FilePath) throws {
    let file = try CheckpointFile.open(path)
    self.path = path
    bytes = file.size
    model = file.metadata[TrainingState.Key.model]
    program = file.metadata[TrainingState.Key.program]
    engine = file.metadata[TrainingState.Key.engine]
    engineReason = file.metadata[TrainingState.Key.engineReason]
    config = file.metadata[TrainingState.Key.config]
    state = file.metadata[TrainingState.Key.state] == nil ? nil : try file.json(TrainingState.Key.state)
    tensors = file.tensors
    groups = Self.grouped(file.tensors)
    origins = try NetworkOrigins(file)
    let hasStages = file.metadata[TrainingState.Key.stage] != nil
    stage = hasStages ? try TrainingConfiguration(of: file).stageInWords : nil
  }

  /// Where a network's weights come from; nil for other groups, or if the checkpoint does not record it.
  package func origin(of group: Group) -> NetworkOrigin? {
    // Imports by earlier versions recorded the file of one network only; the others were random.
    let isUntold = state?["imported"] != nil && origins == NetworkOrigins()
    return isUntold || group.name.contains(" ") ? nil : origins[group.name]
  }

  package var step: Int? { state?["step"]?.integer }
  /// The stage of training that it was written in, as `2 of 3: size 128, 20 epochs`; nil without stages.
  package let stage: String?
  /// Options that were changed when the run was resumed.
  package var changes: [RunChange] { (state?["history"]?.array ?? []).compactMap(RunChange.init) }
  /// Completed epochs.
  package var epochs: Int? { state?["epoch"]?.integer }
  /// Pictures of the current epoch trained on so far.
  package var picturesOfEpoch: Int? { state?["item"]?.integer }

  /// How often averages of the weights have been updated; nil if there are none.
  package var updatesOfAverages: Int? { state?[CheckpointFile.averagePrefix]?["updates"]?.integer }

  /// The adaptive probability of `diff_augment`'s changes; nil without `ada_target`.
  package var augmentationProbability: Double? { state?[TrainingState.strengthKey]?["probability"]?.number }

  /// Steps taken and the current rate of each optimizer.
  package var optimizers: [(name: String, steps: Int, learningRate: Double)] {
    guard case .object(let members)? = state?["optimizers"] else { return [] }
    return members.map { ($0.key, $0.value["steps"]?.integer ?? 0, $0.value["learning_rate"]?.number ?? 0) }
  }

  /// Names are `<network>.<key>`, `optimizer.<name>...`, `pool.<name>...` and `ema.<network>.<key>`; groups keep the
  /// order of the file.
  private static func grouped(_ tensors: [StoredTensor]) -> [Group] {
    var order: [String] = []
    var members: [String: [StoredTensor]] = [:]
    for tensor in tensors {
      let parts = tensor.name.split(separator: ".").map(String.init)
      let states = ["optimizer", "pool", CheckpointFile.averagePrefix]
      let isState = parts.count > 1 && states.contains(parts[0])
      let name = isState ? "\(parts[0]) \(parts[1])" : parts.first ?? tensor.name
      if members[name] == nil { order.append(name) }
      members[name, default: []].append(tensor)
    }
    return order.map { name in
      let tensors = members[name] ?? []
      return Group(
        name: name, tensors: tensors.count, elements: tensors.reduce(0) { $0 + $1.elementCount },
        bytes: tensors.reduce(0) { $0 + $1.byteCount })
    }
  }
}

extension CheckpointSummary {
  /// Everything as one JSON object.
  package func json(tensors listsTensors: Bool) -> JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    var members: [(key: String, value: JSONValue)] = [
      ("path", .string(path.shown)), ("bytes", .integer(bytes)), ("model", text(model)), ("program", text(program)),
      ("engine", text(engine)), ("engine_reason", text(engineReason)), ("state", state ?? .null),
      ("stage", text(stage)), ("config", text(config)),
      (
        "groups",
        .array(
          groups.map {
            [
              "name": .string($0.name), "tensors": .integer($0.tensors), "elements": .integer($0.elements),
              "bytes": .integer($0.bytes), "origin": origin(of: $0)?.json ?? .null,
            ]
          })
      ),
    ]
    if listsTensors { members.append(("tensors", .array(tensors.map(Self.json)))) }
    return .object(members)
  }

  private static func json(_ tensor: StoredTensor) -> JSONValue {
    [
      "name": .string(tensor.name), "type": .string(tensor.type.rawValue),
      "shape": .array(tensor.shape.map { .integer($0) }), "bytes": .integer(tensor.byteCount),
    ]
  }
}
