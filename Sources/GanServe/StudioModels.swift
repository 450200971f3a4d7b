import Foundation
import GanBase
import GanImage
import GanModels
import GanStore
import GanTranslate
import GanWeights

/// The models that translations use, as they are read from their checkpoints. Belongs to one thread.
final class StudioModels {
  private typealias Entry = (path: FilePath, identity: FileStatus.Identity?, model: TrainedModel)

  /// Models that stay in memory, so that two people can use one each.
  private static let most = 2
  private let weights: WeightChoice
  /// The one that was used last stands last.
  private var entries: [Entry] = []

  init(weights: WeightChoice) { self.weights = weights }

  /// The model of a run's newest checkpoint, which may have been written a moment ago.
  /// - Throws: `GanError` (checkpoint) if there is none, or if it cannot be read.
  func model(_ run: ServedRuns.Run) throws -> TrainedModel {
    let path = try CheckpointLocator.resolve(run.path), identity = FileStatus(path)?.identity
    if let index = entries.firstIndex(where: { $0.path == path && $0.identity == identity }) {
      entries.append(entries.remove(at: index))
      return entries[entries.count - 1].model
    }
    // Earlier checkpoints of the run go first, and before the new one takes memory.
    entries.removeAll { $0.path.parent == path.parent }
    if entries.count >= Self.most { entries.removeFirst() }
    let model = try TrainedModel(checkpoint: path, weights: weights, loadingAll: false)
    entries.append((path, identity, model))
    return model
  }
}

extension TrainedModel {
  /// The target of that name; the usual one without a name.
  /// - Parameter attributes: those that a result shall have, for a model of attributes. Of a group that excludes each
  ///   other, the last counts.
  /// - Throws: `GanError` (usage) for what the model does not have.
  func target(_ name: String?, attributes: [String]) throws -> TranslationTarget {
    guard model.inputs.masks == 0 else {
      throw GanError.usage(
        "\(info.name) needs masks of the instances, which cannot be drawn here",
        help: "use ganctl translate --masks DIR")
    }
    if hasAttributes {
      if let name, secondClasses.contains(name) { return .domain(name) }
      for name in attributes { try check(name, among: knownAttributes, "attribute") }
      return .attributes(attributes.reduce([]) { AttributeChange.setting($1, to: true, in: $0) })
    }
    guard attributes.isEmpty else { throw GanError.usage("\(info.name) has no attributes") }
    guard let name else { return defaultTarget }
    try check(name, among: model.targets.map(\.name), "target")
    return model.targets.first { $0.name == name } ?? defaultTarget
  }

  private func check(_ name: String, among known: [String], _ what: String) throws {
    guard !known.contains(name) else { return }
    let near = suggestion(for: name, among: known).map { "did you mean \($0)? " } ?? ""
    throw GanError.usage(
      "the model has no \(what) \"\(name)\"", help: "\(near)there are: \(known.joined(separator: ", "))")
  }

  /// Without the classes of a second data set.
  private var knownAttributes: [String] { model.domains.filter { !secondClasses.contains($0) } }

  /// What the studio offers for it.
  var description: JSONValue {
    let channels = model.inputs.channels
    let targets = hasAttributes ? [] : model.targets
    return [
      "model": .string(info.name), "title": .string(info.title), "checkpoint": .string(checkpointName),
      "averaged": .bool(isAveraged), "size": trainingSize.map { .integer($0) } ?? .null,
      "targets": .array(
        targets.map { target in
          let isBack = target == .bToA
          return [
            "name": .string(target.name),
            "title": .string(target == .aToB ? "A to B" : isBack ? "B to A" : target.name),
            "channels": .integer(isBack ? channels.b : channels.a),
          ]
        }),
      "kind": info.data == .domains ? "domains" : "directions",
      "attributes": .array(hasAttributes ? knownAttributes.map { .string($0) } : []),
      "exclusive": .array(
        model.domains.filter { AttributeChange.isDecided($0, by: Set(model.domains)) }.map { .string($0) }),
      "styles": .bool(isMultimodal), "random": .bool(model.needsTestTimeNoise),
    ]
  }

  var isMultimodal: Bool { model is any MultimodalTranslator }

  /// `step-000500`, or the name of a file of another kind.
  var checkpointName: String { FilePath(path.shownName).stem ?? path.shownName }
}
