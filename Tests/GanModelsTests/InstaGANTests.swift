import GanBase
import GanConfig
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

@Suite struct InstaGANTests {
  init() throws { try Engine.start(threads: 2) }

  private func model(_ change: (inout InstaGANOptions) -> Void = { _ in }) throws -> (InstaGAN, ModelBuilder) {
    var options = InstaGANOptions()
    (options.generatorWidth, options.discriminatorWidth, options.blocks) = (2, 2, 1)
    change(&options)
    let make = ModelBuilder(seed: 4)
    return (try InstaGAN(options, make), make)
  }

  /// A noisy picture of 24x28 with squares as masks: (x, side), or nil for an empty slot.
  private func picture(_ squares: [(x: Int, side: Int)?], seed: UInt64 = 3) -> Tensor {
    var random = RandomStream(seed: seed)
    let noise = Tensor.uniform([1, 24, 28, 3], from: &random) * 2 - 1
    let masks = squares.map { square -> Tensor in
      let values = (0..<24 * 28).map { pixel -> Float in
        guard let square else { return -1 }
        let (y, x) = (pixel / 28, pixel % 28)
        return y < square.side && (square.x..<square.x + square.side).contains(x) ? 1 : -1
      }
      return Tensor(values, [1, 24, 28, 1])
    }
    return .concatenated([noise] + masks, axis: 3)
  }

  @Test func theOrderOfMasksMeansNothing() throws {
    let (model, _) = try model { $0.instances.atOnce = 4 }
    let squares: [(x: Int, side: Int)?] = [(1, 5), nil, (12, 8), (20, 6)]
    let a = try Tape.paused { try model.translate(picture(squares), to: .aToB, .evaluation) }
    let b = try Tape.paused { try model.translate(picture(squares.reversed()), to: .aToB, .evaluation) }
    #expect(a.shape == [1, 24, 28, 7])
    for (slot, other) in zip(0..<7, [0, 1, 2, 6, 5, 4, 3]) {
      expectClose(
        a.sliced(slot..<slot + 1, axis: 3).floats, b.sliced(other..<other + 1, axis: 3).floats, absolute: 1e-5)
    }
    // The empty slot stays empty, the others do not.
    let means = (3..<7).map { a.sliced($0..<$0 + 1, axis: 3).mean().item }
    #expect(means[1] == -1 && [means[0], means[2], means[3]].allSatisfy { $0 > -1 })
  }

  @Test func withoutMasksAPictureStays() throws {
    let (model, _) = try model()
    for input in [picture([]), picture([nil, nil])] {
      let output = try Tape.paused { try model.translate(input, to: .bToA, .evaluation) }
      #expect(output.floats == input.floats)
    }
  }

  /// What has nothing to judge keeps its weights and its count of steps.
  @Test func anIdleDiscriminatorDoesNotMove() throws {
    let (model, make) = try model()
    _ = try model.trainStep(TrainingBatch(a: picture([(2, 7)]), b: picture([(5, 6)])))
    let before = make.networks.map { store in store.entries.flatMap(\.tensor.floats) }
    let losses = try model.trainStep(TrainingBatch(a: picture([nil]), b: picture([(4, 6)], seed: 9)))
    let after = make.networks.map { store in store.entries.flatMap(\.tensor.floats) }
    #expect(make.networks.map(\.name) == ["G_A", "G_B", "D_A", "D_B"])
    #expect(zip(before, after).map { $0 != $1 } == [true, true, false, true])
    #expect(make.optimizers.map(\.optimizer.steps) == [2, 1, 2])
    #expect(losses.entries.map(\.name) == ["D_B", "G_B", "cyc_B", "idt_A", "ctx_B", "G"])
  }

  @Test func nothingToTranslateIsNoStep() throws {
    let (model, make) = try model()
    let losses = try model.trainStep(TrainingBatch(a: picture([nil]), b: picture([])))
    #expect(losses.entries.isEmpty && make.optimizers.allSatisfy { $0.optimizer.steps == 0 })
  }

  /// A step for each group, as long as one of the sides has instances left; not more instances than are wanted.
  @Test(arguments: [(1, 1, [1, 1, 1]), (3, 1, [2, 2, 1]), (5, 3, [2, 2, 2]), (0, 4, [2, 0, 2])])
  func instancesAreTranslatedInGroups(_ a: Int, _ b: Int, _ steps: [Int]) throws {
    let (model, make) = try model()
    func squares(_ count: Int) -> [(x: Int, side: Int)?] {
      (0..<max(count, 1)).map { $0 < count ? (4 * $0, 4 + $0) : nil }
    }
    let losses = try model.subSteps(TrainingBatch(a: picture(squares(a)), b: picture(squares(b))))
    #expect(make.optimizers.map(\.optimizer.steps) == steps)
    #expect(losses.count == steps[0])
  }

  /// A pool may hold sets of different sizes, and other ones than the batch's.
  @Test func severalPicturesInAStep() throws {
    let (model, make) = try model { $0.poolSize = 1 }
    let a = Tensor.concatenated([picture([(1, 5), (9, 6)]), picture([nil, (3, 8)], seed: 7)], axis: 0)
    let b = Tensor.concatenated([picture([(1, 5)], seed: 8), picture([nil], seed: 6)], axis: 0)
    for _ in 0..<2 { expectFinite(try model.trainStep(TrainingBatch(a: a, b: b)).entries.map(\.value.item)) }
    #expect(make.pools.allSatisfy { $0.pool.pictures.count == 1 })
    #expect(make.optimizers.map(\.optimizer.steps) == [2, 2, 2])
  }

  @Test func groupsMustDivideTheInstances() {
    var options = InstaGANOptions()
    for (most, atOnce, isFine) in [(4, 2, true), (3, 2, false), (1, 2, false), (2, 2, true)] {
      (options.instances.most, options.instances.atOnce) = (most, atOnce)
      #expect(options.problems().isEmpty == isFine)
    }
  }
}
