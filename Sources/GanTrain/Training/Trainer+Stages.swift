import GanBase
import GanModels
import GanNN
import GanTensor

/// The stages of a training (`train.stages`).
extension Trainer {
  /// Makes the networks of the next stage, with what they take over from those of this one. Nothing random is drawn that
  /// does not follow from the seed, so a run that is resumed between the stages goes on in the same way.
  /// - Throws: `GanError` as `TrainingParts`, or if memory runs out.
  func enterNextStage() throws {
    let previous = PreviousStage(parts.builder), before = parts.configuration
    let next = try parts.next { observer?.phase($0) }
    try OutOfMemory.guarding {
      try previous.enter(
        next.builder, next.model, sizesChange: before.stage?.stage.size != next.configuration.stage?.stage.size)
      next.builder.averages?.start()
    }
    // Until here nothing of the run has changed.
    progress.stage += 1
    progress.schedule = LearningRateSchedule()
    // Measured on pictures of another size.
    (progress.best, progress.evaluationsSinceBest) = (nil, 0)
    progress.watch.beginStage()
    try adopt(next)
    settled = progress
    applyRate()
    try log.began(stage: next.configuration.stage, step: progress.step, epoch: progress.epoch)
    observer?.notice("Stage \(next.configuration.stageInWords).")
  }
}
