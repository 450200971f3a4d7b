import GanData
import GanModels

extension ImageTranslator {
  /// The picture sizes that the networks accept.
  /// - Parameters:
  ///   - isTraining: whether the discriminators must accept them too.
  ///   - data: its `preprocess` determines the advice in errors.
  func needs(isTraining: Bool, _ data: DataOptions) -> NetworkNeeds {
    let rule = inputs.pictureRule
    let least = max(rule.least, isTraining ? inputs.leastTrainingSize : 1)
    let exact = isTraining ? inputs.exactTrainingSize ?? rule.most : rule.most
    let description =
      exact.map { "\($0)x\($0)" }
      ?? (rule.multiple == 1 ? "at least \(least)" : "multiples of \(rule.multiple), at least \(least)")
    return NetworkNeeds(
      description: description, fits: { size in exact.map { size == $0 } ?? (rule.allows(size) && size >= least) },
      help: { shortest in self.help(data, shortest) })
  }

  private func help(_ data: DataOptions, _ shortest: Int) -> String {
    let recipe = type(of: self).recipe
    let crop = usualCrop(recipe.size, atMost: shortest)
    let setting =
      switch data.preprocess {
      case .scaleWidth: "scale_width_and_crop"
      case .scaleShorter: "scale_shorter_and_crop"
      default: "resize_and_crop"
      }
    return "use data.preprocess: \(setting) with crop_size: \(crop) and load_size: \(recipe.loadSize(forCrop: crop)), "
      + "or scale the pictures"
  }
}
