import GanBase
import Testing

@testable import GanCLI
@testable import GanTrain

@Suite struct TrainingDisplayTests {
  private func status(_ step: Int) -> TrainingStatus {
    TrainingStatus(
      step: step, allSteps: 2000, epoch: 2, epochs: 10, pictures: step,
      losses: [("G_GAN", 0.71), ("D_real", 0.5), ("G_L1", 12.3)], secondsLeft: nil)
  }

  /// The line on a terminal of so many columns after two steps of a second each.
  private func line(columns: Int) -> String {
    let test = TestConsole(terminal: true)
    test.columns = columns + 1
    let display = TrainingDisplay(test.console) { [unowned test] in test.time }
    for step in [1, 2] {
      display.began(step: step)
      test.time += 1
      display.advanced(to: status(step))
    }
    return String(test.takeMessages().split(separator: "\r").last?.dropLast(3) ?? "")
  }

  @Test func theLeastImportantGoesFirst() {
    #expect(
      line(columns: 100)
        == "epoch 2/10  step 2/2000  1.00 images/s  33m18s left  G_GAN 0.710 D_real 0.500 G_L1 12.3")
    #expect(line(columns: 80) == "epoch 2/10  step 2/2000  1.00 images/s  33m18s left  G_GAN 0.710 D_real 0.500")
    #expect(line(columns: 70) == "epoch 2/10  step 2/2000  33m18s left  G_GAN 0.710 D_real 0.500")
    #expect(line(columns: 55) == "step 2/2000  33m18s left  G_GAN 0.710 D_real 0.500")
    #expect(line(columns: 25) == "step 2/2000  33m18s left")
    #expect(line(columns: 12) == "step 2/2000")
    #expect(line(columns: 8) == "step 2/2")
  }

  /// Without a terminal, where there is room for all.
  @Test func aLongStepIsShownWhileItLasts() {
    let test = TestConsole()
    let display = TrainingDisplay(test.console) { [unowned test] in test.time }
    display.phase("making the networks")
    #expect(test.takeMessages() == "making the networks\n")
    test.time = 5
    display.phase("making the networks")
    #expect(test.takeMessages() == "making the networks, 5.0s\n")
    test.time = 9
    display.began(step: 1)
    test.time = 20
    for _ in 0..<50 { ThreadPool.shared.run(1) { _ in } }
    display.advanced(to: status(1))
    _ = test.takeMessages()
    display.began(step: 2)
    test.time = 26
    display.phase("epoch 1: measuring validation pictures")
    #expect(test.takeMessages().contains("[epoch 1: measuring validation pictures]"))
    test.time = 35
    display.phase("epoch 1: measuring validation pictures")
    #expect(test.takeMessages().contains("[epoch 1: measuring validation pictures, 9.0s]"))
  }
}
