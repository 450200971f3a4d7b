import Foundation
import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

@Suite struct WeightAveragesTests {
  private struct Failure: Error {}

  /// Two networks of one parameter each, with an optimizer of each.
  private struct Pair {
    let stores: [TensorStore], parameters: [Tensor], optimizers: [Optimizer]

    init() {
      let stores = ["G", "D"].map {
        TensorStore(
          name: $0, initializer: Initializer(.pytorch, random: RandomStream(seed: 1)), elementType: .float64)
      }
      self.stores = stores
      parameters = stores.map { $0.root.parameter("p", [2], .constant(1)) }
      optimizers = stores.map { Optimizer(Optimizer.Settings(learningRate: 0.1), over: [$0]) }
    }

    func averages(_ rule: WeightAverages.Rule) -> WeightAverages {
      let result = WeightAverages(of: [stores[0]], rule, optimizers: optimizers)
      result.start()
      return result
    }

    func move(_ network: Int) throws {
      try optimizers[network].minimize((Tensor([1, -3] as [Double], [2]) * parameters[network]).sum())
    }
  }

  @Test func sharesFollowTheirFormulas() {
    typealias Rule = WeightAverages.Rule
    let fixed = Rule(.perUpdate(0.9), warmsUp: false), warming = Rule(.perUpdate(0.9))
    #expect(fixed.share(4, before: (0, 0)) == 0.9)
    #expect(warming.share(4, before: (0, 0)) == 0.1)
    #expect(warming.share(4, before: (5, 20)) == 6.0 / 15)
    #expect(warming.share(4, before: (1000, 4000)) == 0.9)
    let half = Rule(.halfLife(pictures: 100), warmsUp: false), ramping = Rule(.halfLife(pictures: 100))
    #expect(half.share(100, before: (0, 0)) == 0.5)
    #expect(abs(half.share(4, before: (0, 0)) - pow(0.5, 0.04)) < 1e-15)
    #expect(ramping.share(4, before: (0, 0)) == 0)
    #expect(abs(ramping.share(4, before: (10, 400)) - pow(0.5, 4.0 / 20)) < 1e-15)
    #expect(abs(ramping.share(4, before: (10, 40_000)) - pow(0.5, 0.04)) < 1e-15)
  }

  @Test func averagesFollowTheWeightsOfTheirNetworks() throws {
    let pair = Pair(), averages = pair.averages(WeightAverages.Rule(.perUpdate(0.75), warmsUp: false))
    #expect(averages.networks == ["G"] && averages.slots.map(\.name) == ["G.p"])
    var expected = [1.0, 1.0]
    for _ in 0..<5 {
      try pair.move(0)
      averages.update(pictures: 2)
      for (index, weight) in pair.parameters[0].doubles.enumerated() {
        expected[index] = 0.75 * expected[index] + 0.25 * weight
      }
    }
    expectClose(averages.slots[0].average.doubles, expected, absolute: 1e-12)
    #expect(averages.count.updates == 5 && averages.count.pictures == 10)
  }

  /// Of discriminators alone; their pictures count at the next update.
  @Test func stepsOfOtherNetworksAreNoUpdates() throws {
    let pair = Pair(), averages = pair.averages(WeightAverages.Rule(.halfLife(pictures: 6), warmsUp: false))
    for network in [1, 1, 0] {
      try pair.move(network)
      averages.update(pictures: 2)
    }
    #expect(averages.count.updates == 1 && averages.count.pictures == 6 && averages.count.pending == 0)
    let halves = pair.parameters[0].doubles.map { 0.5 + 0.5 * $0 }
    expectClose(averages.slots[0].average.doubles, halves, absolute: 1e-12)
  }

  @Test func theyAreWeightsForAWhile() throws {
    let pair = Pair(), averages = pair.averages(WeightAverages.Rule(.perUpdate(0.5), warmsUp: false))
    try pair.move(0)
    averages.update(pictures: 1)
    let raw = pair.parameters[0].doubles, average = averages.slots[0].average.doubles
    #expect(raw != average)
    #expect(throws: Failure.self) {
      try averages.used {
        #expect(pair.parameters[0].doubles == average && averages.slots[0].average.doubles == raw)
        throw Failure()
      }
    }
    #expect(pair.parameters[0].doubles == raw && averages.slots[0].average.doubles == average)
  }

  /// Tensors that are cut into several blocks.
  @Test func largeTensorsAreExchangedWhole() {
    let count = 300_001
    let a = Tensor((0..<count).map(Float.init), [count]), b = Tensor((0..<count).map { -Float($0) }, [count])
    a.exchange(with: b)
    #expect(a.floats == (0..<count).map { -Float($0) } && b.floats == (0..<count).map(Float.init))
    b.approach(a, share: 0.5)
    #expect(b.floats.allSatisfy { $0 == 0 })
  }
}
