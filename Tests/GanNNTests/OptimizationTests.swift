import Foundation
import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

@Suite struct OptimizationTests {
  @Test func adamFollowsItsFormula() throws {
    let store = TensorStore(
      name: "G", initializer: Initializer(.pytorch, random: RandomStream(seed: 1)), elementType: .float64)
    let parameter = store.root.parameter("p", [2], .constant(1))
    let settings = Optimizer.Settings(learningRate: 0.1, beta1: 0.5, beta2: 0.9, weightDecay: 0.01)
    let adam = Optimizer(settings, over: [store])
    var p = [1.0, 1.0], m = [0.0, 0.0], v = [0.0, 0.0]
    for step in 1...4 {
      // loss = sum of c * p^2, gradient 2 c p.
      let c = Tensor([0.5, -2] as [Double], [2])
      try adam.minimize((c * parameter.squared()).sum())
      for (index, factor) in [0.5, -2.0].enumerated() {
        let g = 2 * factor * p[index] + 0.01 * p[index]
        m[index] = 0.5 * m[index] + 0.5 * g
        v[index] = 0.9 * v[index] + 0.1 * g * g
        let mHat = m[index] / (1 - pow(0.5, Double(step))), vHat = v[index] / (1 - pow(0.9, Double(step)))
        p[index] -= 0.1 * mHat / (vHat.squareRoot() + 1e-8)
      }
      expectClose(parameter.doubles, p, absolute: 1e-12)
    }
  }

  /// Numbers of torch.optim.RMSprop(lr=0.01, weight_decay=0.01).
  @Test func rmspropIsThatOfPyTorch() throws {
    let store = TensorStore(name: "G", initializer: Initializer(.pytorch, random: RandomStream(seed: 1)))
    let parameter = store.root.parameter("p", [3], .constant(1))
    parameter.assign(Tensor([1, 1, -0.3] as [Float], [3]))
    let rmsprop = Optimizer(Optimizer.Settings(.rmsprop, learningRate: 0.01, weightDecay: 0.01), over: [store])
    for _ in 1...4 { try rmsprop.minimize((Tensor([0.5, -2, 3e-4] as [Float], [3]) * parameter.squared()).sum()) }
    expectClose(parameter.doubles, [0.7353891134262085, 1.291442632675171, -0.08005955070257187], absolute: 2e-7)
    let averages = try #require(rmsprop.slots.first).averages
    #expect(averages.map(\.name) == ["v"])
    expectClose(
      averages[0].tensor.doubles, [0.03120860457420349, 0.8039377331733704, 1.7818778985656536e-07], absolute: 1e-7)
    #expect(rmsprop.steps == 4)
  }

  @Test func poolReturnsOldPicturesOnceFull() {
    func picture(_ value: Float) -> Tensor { Tensor([value], [1, 1, 1, 1]) }
    let pool = ImagePool(capacity: 3, random: RandomStream(seed: 2))
    for value in 0..<3 { #expect(pool.exchange(picture(Float(value))).floats == [Float(value)]) }
    var older = 0
    for value in 3..<1003 where pool.exchange(picture(Float(value))).floats != [Float(value)] { older += 1 }
    #expect(abs(older - 500) < 60)
    #expect(pool.pictures.count == 3)
    let none = ImagePool(capacity: 0, random: RandomStream(seed: 2))
    #expect(none.exchange(picture(7)).floats == [7])
  }

  /// Factors of the official schedules with 100 + 100 epochs.
  @Test func learningRates() {
    func factor(_ policy: LearningRatePolicy, _ completed: Int, score: Double? = nil) -> Double {
      let plan = LearningRateSchedule.Plan(
        policy: policy, epochs: 100, decayEpochs: 100, stepEpochs: 50, patience: 5)
      var schedule = LearningRateSchedule()
      for epoch in 0..<completed { schedule.advance(completed: epoch + 1, plan, score: score) }
      return schedule.factor
    }
    #expect(factor(.linear, 99) == 1)
    #expect(abs(factor(.linear, 100) - 100.0 / 101) < 1e-12)
    #expect(abs(factor(.linear, 199) - 1.0 / 101) < 1e-12)
    #expect(factor(.step, 49) == 1)
    #expect(abs(factor(.step, 100) - 0.01) < 1e-12)
    #expect(abs(factor(.cosine, 100) - 0.5) < 1e-12)
    #expect(factor(.constant, 150) == 1)
    #expect(factor(.plateau, 6, score: 1) == 1)
    #expect(abs(factor(.plateau, 7, score: 1) - 0.2) < 1e-12)
    #expect(factor(.plateau, 50, score: nil) == 1)
  }
}
