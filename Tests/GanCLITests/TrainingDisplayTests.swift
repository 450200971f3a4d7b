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
    return shown(test)
  }

  /// The line that is on the terminal now.
  private func shown(_ test: TestConsole) -> String {
    let last = String(test.takeMessages().split(separator: "\r").last ?? "")
    return last.replacing("\u{1B}[?7l", with: "").replacing("\u{1B}[K\u{1B}[?7h", with: "")
  }

  @Test func theLeastImportantGoesFirst() {
    #expect(
      line(columns: 150)
        == "epoch 2/10  step 2/2000  [....................] 0%  1.00 steps/s  33m18s left  G_GAN 0.710 D_real 0.500 "
        + "G_L1 12.3")
    #expect(
      line(columns: 100)
        == "epoch 2/10  step 2/2000  1.00 steps/s  33m18s left  G_GAN 0.710 D_real 0.500 G_L1 12.3")
    #expect(line(columns: 80) == "epoch 2/10  step 2/2000  1.00 steps/s  33m18s left  G_GAN 0.710 D_real 0.500")
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

  /// A slow first step does not count, and neither does a sheet between two steps.
  @Test func theSpeedSettlesAtOnce() {
    let test = TestConsole(terminal: true)
    test.columns = 200
    let display = TrainingDisplay(test.console) { [unowned test] in test.time }
    for step in 1...4 {
      if step == 4 {
        display.phase("sample sheet: picture 1 of 4")
        test.time += 20
      }
      display.began(step: step)
      test.time += step == 1 ? 15 : 0.5
      display.advanced(to: status(step))
    }
    let line = shown(test)
    #expect(line.contains("2.00 steps/s") && !line.contains("images/s"), "\(line)")
    // 1996 steps at 2 a second, and a little for sheets.
    #expect(line.contains("17m4") && line.contains("left"), "\(line)")
  }

  @Test func longRunsEndAtADate() {
    let test = TestConsole()
    // 2026-11-29 12:00 UTC
    let display = TrainingDisplay(test.console, clock: { [unowned test] in test.time }, now: { 1_795_953_600 })
    for step in 1...3 {
      display.began(step: step)
      test.time += 60
      display.advanced(to: status(step))
    }
    let date = Format.comingDate(1_795_953_600 + 1997 * 60)
    #expect(date.hasPrefix("Mon 30 Nov ") || date.hasPrefix("Tue 1 Dec "))
    let text = test.takeMessages()
    #expect(text.contains("1d09h left  until \(date)  G_GAN"), "\(text)")
    #expect(text.contains("time:   1m00s per step; about 1d09h to the end, "), "\(text)")
    #expect(text.components(separatedBy: "time: ").count == 2)
  }

  @Test func quietAndVerbose() {
    for (level, phases, notices) in [(Verbosity.quiet, 0, 0), (.normal, 0, 1), (.verbose, 1, 1)] {
      let test = TestConsole(terminal: true)
      test.console.verbosity = level
      let display = TrainingDisplay(test.console) { [unowned test] in test.time }
      display.phase("making the networks")
      test.time = 3
      display.began(step: 1)
      display.notice("noted")
      display.detail("detailed")
      display.warning("odd", help: nil)
      let text = test.takeMessages()
      func count(_ part: String) -> Int { text.components(separatedBy: part).count - 1 }
      #expect(count("making the networks: 3.0s\n") == phases && count("detailed\n") == phases)
      #expect(count("noted\n") == notices && count("warning: odd\n") == 1)
      #expect(level != .quiet || !text.contains("\r"))
    }
  }
}
