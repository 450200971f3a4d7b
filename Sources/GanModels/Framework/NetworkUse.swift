import GanBase
import GanNN
import GanTensor

/// What is wanted besides the translation itself.
package struct TranslationExtras: Sendable {
  /// Whether attributes come from an example instead of being drawn.
  package var hasStyle = false
  /// Whether it is translated back.
  package var reconstructs = false
  /// Whether boxes tell where objects are.
  package var hasBoxes = false

  package init(hasStyle: Bool = false, reconstructs: Bool = false, hasBoxes: Bool = false) {
    (self.hasStyle, self.reconstructs, self.hasBoxes) = (hasStyle, reconstructs, hasBoxes)
  }
}

extension ModelBuilder {
  /// The networks that a translation goes through, by name. They are not declared: a blank picture of the least size is
  /// translated, and the graph of its result shows them.
  /// - Parameter model: made by this builder.
  /// - Throws: `GanError` (usage) for a target that the model does not have.
  package func networks(
    behind target: TranslationTarget, of model: any ImageTranslator, _ extras: TranslationExtras = TranslationExtras()
  ) throws -> [String] {
    let parameters = networks.flatMap { store in store.parameters.map { (network: store.name, tensor: $0.tensor) } }
    let isUsed = try dependencies(among: parameters.map(\.tensor)) {
      try Self.translateNothing(to: target, model, extras, elementType)
    }
    let used = Set(zip(parameters, isUsed).filter(\.1).map(\.0.network))
    return networks.map(\.name).filter(used.contains)
  }

  /// The networks that translations go through to any target, with the styles of other pictures, and back: what
  /// averages of weights are kept of.
  /// - Parameter model: made by this builder.
  package func translatingNetworks(of model: any ImageTranslator) throws -> [String] {
    let extras = TranslationExtras(
      hasStyle: model is any MultimodalTranslator, reconstructs: model is any CyclicTranslator,
      hasBoxes: model is any InstanceTranslator)
    let used = try model.targets.reduce(into: Set<String>()) { names, target in
      names.formUnion(try networks(behind: target, of: model, extras))
      names.formUnion(try networks(behind: target, of: model))
    }
    return networks.map(\.name).filter(used.contains)
  }

  private static func translateNothing(
    to target: TranslationTarget, _ model: any ImageTranslator, _ extras: TranslationExtras, _ type: ElementType
  ) throws -> [Tensor] {
    let pass = Pass(model.testTimeStatistics == .running ? .running : .batchWithoutUpdate)
    let channels = model.inputs.channels
    let (inputs, outputs) = target == .bToA ? (channels.b, channels.a) : channels
    func nothing(_ rule: SizeRule, _ channels: Int, atLeast least: Int = 0) -> Tensor {
      let side = nextMultiple(of: rule.multiple, from: max(least, rule.least))
      return Tensor.zeros([1, side, side, channels], type: type)
    }
    // On the way back the pictures' own attributes are wanted.
    let least = (model as? any MultimodalTranslator)?.attributeSizeRule.least ?? 0
    let input = nothing(
      model.inputs.sizeRule, inputs + min(1, model.inputs.masks), atLeast: extras.reconstructs ? least : 0)
    var results: [Tensor] = []
    if extras.hasStyle, let model = model as? any MultimodalTranslator {
      let style = try model.attribute(of: nothing(model.attributeSizeRule, outputs), for: target, pass)
      results.append(try model.translate(input, to: target, attribute: style, pass))
    } else {
      results.append(try model.translate(input, to: target, pass))
    }
    if extras.hasBoxes, let model = model as? any InstanceTranslator {
      let side = Double(input.shape[1]), box = Box(left: 0, top: 0, right: side, bottom: side)
      let objects = try model.objects(of: input, [box], to: target)
      let content = try model.content(of: input, to: target, pass)
      let attribute = model.randomAttributes(1, nil, type: type)
      results.append(try model.decode(content, to: target, attribute: attribute, objects: objects, pass))
    }
    if extras.reconstructs, let model = model as? any CyclicTranslator {
      results.append(try model.reconstruct(results[0], of: input, to: model.wayBack(from: target), pass))
    }
    return results
  }
}
