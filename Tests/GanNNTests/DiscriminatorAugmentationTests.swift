import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

/// Gives the numbers that a test names, and 0.5 otherwise.
private final class GivenNoise: NoiseSource {
  var numbers: [String: [Double]]
  private(set) var asked: [String] = []

  init(_ numbers: [String: [Double]]) { self.numbers = numbers }

  func uniform(_ key: String, _ shape: Shape, type: ElementType) -> Tensor {
    asked.append(key)
    return Tensor(numbers[key] ?? [Double](repeating: 0.5, count: shape.count), shape, type: type)
  }
  func dropoutMask(_ key: String, _ shape: Shape, p: Double, type: ElementType) -> Tensor { .zeros(shape, type: type) }
  func normal(_ key: String, _ shape: Shape, type: ElementType) -> Tensor { .zeros(shape, type: type) }
  func permutation(_ key: String, _ count: Int) -> [Int] { Array(0..<count) }
  func choice(_ key: String, _ count: Int, of all: Int) -> [Int] { Array(0..<count) }
}

@Suite struct DiscriminatorAugmentationTests {
  private func random(_ shape: Shape, seed: UInt64 = 3) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor.uniform(shape, from: &random, type: .float64) * 2 - 1
  }

  /// The official `rand_brightness`, `rand_saturation` and `rand_contrast`, worked out by hand on two pixels.
  @Test func colours() {
    let noise = GivenNoise([
      "D.color.brightness": [0.75], "D.color.saturation": [0.25], "D.color.contrast": [1],
    ])
    let x = Tensor([0, 0.3, 0.6, 0.5, 0.2, -0.4] as [Double], [1, 1, 2, 3])
    let y = DiscriminatorAugmentation([.color], noise)(x, pictures: [3], "D")
    // Plus 0.25; half of the distance to the means 0.55 and 0.35; 1.5 times that to the mean 0.45.
    let expected = [0.55 - 0.15, 0.55, 0.55 + 0.15, 0.35 + 0.2, 0.35 + 0.05, 0.35 - 0.25].map {
      0.45 + 1.5 * ($0 - 0.45)
    }
    expectClose(y.doubles, expected, absolute: 1e-12)
    #expect(noise.asked == ["D.color.brightness", "D.color.saturation", "D.color.contrast"])
  }

  @Test func translations() {
    // An eighth of 8, rounded: one pixel; drawn from -1, 0, 1.
    let noise = GivenNoise(["D.translation.y": [0, 0.99], "D.translation.x": [0.34, 0.67]])
    let x = random([2, 8, 8, 1])
    let y = DiscriminatorAugmentation([.translation], noise)(x, pictures: [1], "D")
    #expect(y.doubles == x.shifted(by: [(-1, 0), (1, 1)]).doubles)
  }

  @Test func cutouts() {
    // Half of 4: a square of two; its centre is drawn from 0...4, and it may stick out.
    let noise = GivenNoise(["D.cutout.y": [0, 0.5], "D.cutout.x": [0.99, 0.5]])
    let x = random([2, 4, 4, 2])
    let y = DiscriminatorAugmentation([.cutout], noise)(x, pictures: [2], "D")
    #expect(y.doubles == x.erased([(0..<1, 3..<4), (1..<3, 1..<3)]).doubles)
  }

  /// Condition and picture are changed alike, each about its own means; one of them may be grey.
  @Test func picturesSideBySideAreChangedAlike() {
    let a = random([2, 8, 8, 3]), b = random([2, 8, 8, 1], seed: 4)
    func changed(_ x: Tensor, _ pictures: [Int]) -> Tensor {
      let noise = RandomNoise(RandomStream(seed: 7))
      return DiscriminatorAugmentation(AugmentationPolicy.allCases, noise)(x, pictures: pictures, "D")
    }
    let both = changed(Tensor.concatenated([a, b], axis: 3), [3, 1])
    #expect(both.sliced(0..<3, axis: 3).doubles == changed(a, [3]).doubles)
    #expect(both.sliced(3..<4, axis: 3).doubles == changed(b, [1]).doubles)
  }

  /// First and second derivatives through all policies.
  @Test func gradientsPassThrough() throws {
    func changed(_ x: Tensor) -> Tensor {
      let noise = RandomNoise(RandomStream(seed: 9))
      return DiscriminatorAugmentation(AugmentationPolicy.allCases, noise)(x, pictures: [1, 2], "D")
    }
    let x = random([2, 8, 8, 3]).variable(), weights = random([2, 8, 8, 3], seed: 5)
    func slope(_ x: Tensor) throws -> Tensor {
      let found = try gradients(
        of: [(changed(x).squared() * weights).sum()], withRespectTo: [x], createGraph: true)
      return try #require(found[0])
    }
    let first = try slope(x), second = try gradients(of: [first.squared().sum()], withRespectTo: [x])
    for index in [0, 17, 100, 250, 383] {
      func moved(_ by: Double) -> Tensor {
        var values = x.doubles
        values[index] += by
        return Tensor(values, x.shape).variable()
      }
      let step = 1e-5
      let values = try [step, -step].map { by -> (Double, Double) in
        let x = moved(by)
        return ((changed(x).squared() * weights).sum().item, try slope(x).squared().sum().item)
      }
      #expect(abs((values[0].0 - values[1].0) / (2 * step) - first.doubles[index]) < 1e-6)
      let expected = (values[0].1 - values[1].1) / (2 * step)
      #expect(abs(expected - (second[0]?.doubles[index] ?? .nan)) < 1e-5 * max(1, abs(expected)))
    }
  }
}

@Suite struct AdaptiveStrengthTests {
  private let x = Tensor((0..<128).map { Double($0) / 100 }, [2, 8, 8, 1])

  /// Each picture and each policy has its own draw.
  @Test func changesAsOftenAsTheProbabilitySays() {
    let strength = AdaptiveStrength(target: 0.6, images: 100, middle: 0)
    let augmentation = DiscriminatorAugmentation(
      AugmentationPolicy.allCases, RandomNoise(RandomStream(seed: 1)), strength)
    #expect(augmentation(x, pictures: [1], "D").doubles == x.doubles, "0 at first")
    var state = AdaptiveStrength.State()
    state.probability = 0.25
    strength.putBack(state)
    let cutout = DiscriminatorAugmentation([.cutout], RandomNoise(RandomStream(seed: 2)), strength)
    let changed = (0..<200).map { _ in
      let y = cutout(x, pictures: [1], "D")
      return [0, 1].count { y.sliced($0..<$0 + 1, axis: 0).doubles != x.sliced($0..<$0 + 1, axis: 0).doubles }
    }
    #expect((70...130).contains(changed.reduce(0, +)))
    #expect(Set(changed) == [0, 1, 2], "pictures are changed one by one")
  }

  /// After every fourth step by the step's pictures, up above the target and down below, within 0...1.
  @Test func followsTheSignOfTheScores() {
    let strength = AdaptiveStrength(target: 0.6, images: 80, middle: 0.5)
    func step(_ scores: [Double]) -> [(name: String, value: Double)] {
      strength.observe(Tensor(scores, [scores.count]))
      return strength.endStep(pictures: 2)
    }
    // The middle itself counts for nothing: the mean sign is 1.
    for _ in 0..<4 { #expect(step([0.9, 0.5, 1]).map(\.value) == [0, 1]) }
    #expect(strength.state.probability == 8.0 / 80)
    // A step in which no discriminator learned is none.
    #expect(strength.endStep(pictures: 2).map(\.name) == ["ada_p"])
    for _ in 0..<3 { _ = step([0.9, 0.1]) }
    #expect(strength.state.steps == 3)
    #expect(step([0.4, 0.1]).map(\.value) == [0.1, -1])
    #expect(strength.state == AdaptiveStrength.State(), "back at 0")
    for _ in 0..<4 { _ = step([0, 0]) }
    #expect(strength.state.probability == 0, "not below 0")
    for _ in 0..<44 { _ = step([1, 1]) }
    #expect(strength.state.probability == 1, "not above 1")
  }

  @Test func aStepThatIsTakenBackLeavesNothing() {
    let strength = AdaptiveStrength(target: 0.6, images: 80, middle: 0)
    let before = strength.state
    strength.observe(Tensor([1, 1] as [Double], [2]))
    strength.putBack(before)
    #expect(strength.endStep(pictures: 1).map(\.name) == ["ada_p"])
    #expect(strength.state == before)
  }
}
