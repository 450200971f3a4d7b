import GanBase
import Testing

@testable import GanTensor

/// Operations that only count.
@Suite struct DryRunTests {
  private let dryRun = DryRun()

  @Test func countsWhatIsHeldAtTheSameTime() {
    let size = 1 << 20
    dryRun {
      var x = Tensor.zeros([size])
      for _ in 0..<10 { x = x + 1 }
    }
    #expect(dryRun.mostBytes == 2 * 4 * size)
  }

  /// It goes on where it stopped.
  @Test func countsSeveralParts() {
    let first = dryRun { Tensor.zeros([1 << 20]) }
    let second = dryRun { Tensor.zeros([3 << 20]) }
    #expect(dryRun.mostBytes == 16 << 20)
    withExtendedLifetime((first, second)) {}
  }

  /// Memory that no machine has is counted as soon as any other.
  @Test func takesNoMemory() throws {
    let before = MemoryLimits.resident
    try dryRun {
      let x = Tensor.normal([4, 1 << 14, 1 << 14, 512], from: &random)
      let weight = Tensor.uniform([3, 3, 512, 512], from: &random).variable()
      let y = x.convolved(weight, padding: 1, mode: .reflect).leakyReLU(slope: 0.2)
      #expect(y.mean().item == 0)
      let gradient = try gradients(of: [y.squared().mean()], withRespectTo: [weight])
      #expect(gradient[0]?.shape == weight.shape)
    }
    #expect(dryRun.mostBytes > 4 << 40)
    #expect(MemoryLimits.resident - before < 1 << 30)
  }

  /// Threads work in blocks of their own, which count.
  @Test func countsTheRoomThatThreadsWorkIn() {
    func bytes(_ channels: Int, kernel: Int) -> Int {
      let dryRun = DryRun()
      dryRun {
        _ = Tensor.zeros([1, 64, 64, channels]).convolved(Tensor.zeros([kernel, kernel, channels, 64]), stride: kernel)
      }
      return dryRun.mostBytes
    }
    let (channels, kernel) = (32, 8)
    let held = 4 * (64 * 64 * channels + kernel * kernel * channels * 64 + 8 * 8 * 64)
    #expect(bytes(channels, kernel: kernel) >= held + 4 * 8 * 8 * kernel * kernel * channels)
  }

  private var random: RandomStream {
    get { RandomStream(seed: 1) }
    nonmutating set { _ = newValue }
  }
}
