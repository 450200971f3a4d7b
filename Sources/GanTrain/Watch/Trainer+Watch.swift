import GanBase
import GanReport

/// When what is looked at.
struct WatchRules {
  /// Steps between looks at translations, and the step of the first.
  var lookEvery = 250, firstLook = 500
  /// Before this step, some things are usual that worry later.
  var maturity = 2000
  /// Measurements without a better score that are worth a word, if they are at least half of all.
  var stalled = 20
  /// Steps for which a discriminator's loss must stay low.
  var lowSteps = 600
}

/// Watching a run for what should worry. Everything follows from the state of the run and changes nothing in it, so that
/// a resumed run writes the same log as an uninterrupted one, and the same weights as one that nobody watches.
extension Trainer {
  /// Reports a symptom once in a run, on the console and in the log.
  private func tell(_ symptom: Symptom, _ text: String, epoch: Int) throws {
    guard progress.watch.told.insert(symptom).inserted else { return }
    try log.diagnosed(symptom, text, step: progress.step, epoch: epoch)
    observer?.warning(
      (progress.step > 0 ? "step \(progress.step): " : "") + text, help: "\(symptom.cure) See \(symptom.link)")
  }

  /// Looks at what is known before the first step.
  func watchBeginning() throws {
    let facts = PictureFacts(parts)
    guard let (few, all) = facts.muchSmaller, 2 * few >= all else { return }
    let which = few == all ? "all \(grouped(all)) pictures are" : "\(grouped(few)) of \(grouped(all)) pictures are"
    try tell(
      .smallPictures, "\(which) less than half as large as the crop of \(facts.cropSize)x\(facts.cropSize)",
      epoch: progress.epoch)
  }

  /// Looks at a line of losses.
  func watch(losses: [(name: String, value: Double)], epoch: Int) throws {
    var signs = DiscriminatorSigns(parts.configuration.model.configured)
    signs.steps = watchRules.lowSteps
    if let text = signs.note(losses, step: progress.step, &progress.watch) {
      try tell(.discriminatorWon, text, epoch: epoch)
    }
    if let (name, _) = parts.builder.optimizers.first(where: { $0.optimizer.learningRate == 0 }) {
      try tell(.rateZero, "the learning rate of \(name) is 0: it does not change any more", epoch: epoch)
    }
  }

  /// Takes in the score of an epoch.
  /// - Parameters:
  ///   - score: smaller is better.
  ///   - measure: its name.
  func watch(score: Double, of measure: String, epoch: Int) throws {
    progress.watch.score.note(score)
    let trend = progress.watch.score
    guard trend.sinceBest >= watchRules.stalled, 2 * trend.sinceBest >= trend.count else { return }
    try tell(
      .stalled, "the score (\(measure)) has not improved for \(counted(trend.sinceBest, "measurement"))", epoch: epoch)
  }

  /// Looks at a few translations, every so many steps. Those of the weights as they are: averages lag behind.
  func watchPictures(epoch: Int) throws {
    let step = progress.step
    guard step >= watchRules.firstLook, step % watchRules.lookEvery == 0, let samples = parts.samples else { return }
    let isPaired = [.aligned, .single].contains(parts.configuration.model.configured.info.data)
    let found = try interruptible { try samples.examples() }
      .flatMap { PictureSigns(examples: $0, isPaired: isPaired).found }
      .filter { step >= watchRules.maturity || ![.checkerboard, .inverted].contains($0.symptom) }
    for (symptom, text) in found where progress.watch.suspected.contains(symptom) {
      try tell(symptom, text, epoch: epoch)
    }
    progress.watch.suspected = Set(found.map(\.symptom))
  }
}
