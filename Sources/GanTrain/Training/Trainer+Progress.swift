import GanBase
import GanData
import GanModels
import GanNN

/// Learning rates, and what observers are told.
extension Trainer {
  func applyRate() {
    for (_, optimizer) in parts.builder.optimizers where optimizer.settings.followsSchedule {
      optimizer.learningRate = optimizer.settings.learningRate * factor
    }
  }

  /// The schedule's factor for the learning rate: by epochs, and by time if that is limited.
  private var factor: Double {
    guard let minutes = train.minutes else { return progress.schedule.factor }
    return min(progress.schedule.factor, train.plan.most(atShareOfTime: secondsInAll / (minutes * 60)))
  }

  /// Of the generators.
  var learningRate: Double { main?.learningRate ?? 0 }

  /// The current learning rate of the generators and its further course, and other rates, for the first lines of a
  /// run: `0.0002 now, falls to 1.98e-06 from epoch 101 to 200; D 0.0004`.
  package var rateInWords: String {
    let full = main?.settings.learningRate ?? 0
    let words = train.rateInWords(
      learningRate, before: rateBefore, epoch: progress.epoch, full: full, after: parts.configuration.epochsBefore)
    let others = parts.builder.optimizers.filter { $0.optimizer.settings.learningRate != full }
    let rates = others.map { "\($0.name) \(short($0.optimizer.learningRate, digits: 3))" }
    return ([words] + rates).joined(separator: "; ")
  }

  /// Reports progress before each picture of work that takes long.
  /// - Throws: `Interruption` after a signal, unless the run is ending because of it already.
  func tell(_ what: String, _ number: Int, _ all: Int) throws {
    observer?.phase("\(what) \(number) of \(all)")
    if !isEnding, let signal = stopSignal() { throw Interruption(signal: signal) }
  }

  /// Seconds since training began in this process.
  var seconds: Double { (ContinuousClock.now - begin) / .seconds(1) }
  var secondsInAll: Double { secondsBefore + seconds }

  func status(epoch: Int) -> TrainingStatus {
    let data = parts.pictures, configuration = parts.configuration
    let position = progress.position
    let epochs = configuration.epochsBefore + train.allEpochs - position.epoch
    let left = epochs * data.batchesPerEpoch - position.index / data.request.batchSize
    let later = configuration.stage.map { configuration.steps(of: data, fromStage: $0.index + 1) } ?? 0
    let byEpochs = progress.step + max(0, left) + later
    return TrainingStatus(
      step: progress.step, allSteps: min(byEpochs, max(train.steps ?? byEpochs, progress.step)), epoch: epoch,
      epochs: configuration.allEpochs, stage: configuration.stage.map { ($0.index + 1, $0.stages.count) },
      pictures: picturesDone, losses: recent.means,
      secondsLeft: train.minutes.map { max(0, $0 * 60 - secondsInAll) })
  }
}
