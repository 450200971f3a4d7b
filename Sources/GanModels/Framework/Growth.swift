import GanConfig

/// How a generator grows from stage to stage of a training whose pictures get larger.
struct Growth {
  /// Doublings of the size since the first stage.
  let doublings: Int
  /// The size of the first stage; nil without sizes.
  let firstSize: Int?
  /// Whether the newest refiner is trained alone.
  let trainsRefinerAlone: Bool

  /// What a stage calls the newest refiner.
  static let part = "refiner"

  init(_ place: StagePlace?) {
    let sizes = (place?.stages.prefix((place?.index ?? 0) + 1) ?? []).compactMap(\.size)
    firstSize = sizes.first
    doublings = Self.doublings(sizes.first ?? 1, sizes.last ?? 1) ?? 0
    trainsRefinerAlone = place?.stage.networks == [Self.part] && doublings > 0
  }

  /// How often a size is doubled to give another; nil if it never does.
  private static func doublings(_ first: Int, _ last: Int) -> Int? {
    guard last >= first, last % first == 0, (last / first).nonzeroBitCount == 1 else { return nil }
    return (last / first).trailingZeroBitCount
  }

  /// nil if a generator can grow like this.
  static func problem(with stages: [TrainingStage]) -> SettingsProblem? {
    let sizes = stages.map(\.size)
    if sizes.contains(nil), sizes.contains(where: { $0 != nil }) {
      return SettingsProblem("stages", "some stages have a size and others have none", help: "give each its size")
    }
    for (index, stage) in stages.enumerated() {
      let before = index == 0 ? nil : sizes[index - 1], size = sizes[index]
      if let before, let size, doublings(before, size) == nil {
        return SettingsProblem(
          "stages", "stage \(index + 1): a generator grows by doubling, and \(size) is not \(before) doubled",
          help: "use \(before), \(2 * before) or \(4 * before)")
      }
      if stage.networks.contains(part), (sizes[0] ?? 0) == (size ?? 0) {
        return SettingsProblem(
          "stages", "stage \(index + 1): the generator has no \(part) before its pictures have grown",
          help: "leave networks out")
      }
    }
    return nil
  }
}
