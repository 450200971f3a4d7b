import Foundation
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

/// Distances for pairs. The numbers are PyTorch's, in Float64: SSIM from five grouped convolutions with the window of
/// two dimensions, the focal frequency loss with `torch.fft.fft2(norm='ortho')` in the lines of the authors' program.
@Suite struct PictureLossTests {
  /// `0.8 sin(0.37 i seed + 0.11 (i mod 7))` in the order of memory, `[2,13,12,3]`.
  private func pictures(_ seed: Double) -> Tensor {
    let shape: Shape = [2, 13, 12, 3]
    return Tensor(
      (0..<shape.count).map { (index: Int) -> Double in
        let angle = 0.37 * Double(index) * seed + 0.11 * Double(index % 7)
        return sin(angle) * 0.8
      }, shape)
  }

  private struct Case: CustomTestStringConvertible, @unchecked Sendable {
    let testDescription: String
    let value: Double, gradientLength: Double
    /// At picture 1, row 5, column 3, channel 2.
    let gradient: Double
    let loss: (Tensor, Tensor) -> Tensor
  }

  private static let cases = [
    Case(
      testDescription: "dissimilarity", value: 0.9955016987557569, gradientLength: 0.12232006019270773,
      gradient: 0.00030129848412531295, loss: { $0.dissimilarity(from: $1) }),
    Case(
      testDescription: "gradient difference", value: 1.1312106292806552, gradientLength: 0.06866427439765556,
      gradient: -0.004645817145817146, loss: { $0.gradientDifference(from: $1) }),
    Case(
      testDescription: "focal frequency", value: 0.4513068980183724, gradientLength: 0.04061893558348255,
      gradient: -0.0010274790182274933, loss: { $0.focalFrequencyLoss(from: $1) }),
  ]

  @Test(arguments: cases) private func valuesAndGradientsArePyTorchs(_ entry: Case) throws {
    let x = pictures(1).variable(), target = pictures(1.7)
    let loss = entry.loss(x, target)
    expectClose(loss.item, entry.value, relative: 1e-9)
    let gradient = try #require(try gradients(of: [loss], withRespectTo: [x])[0]).doubles
    expectClose(gradient.reduce(0) { $0 + $1 * $1 }.squareRoot(), entry.gradientLength, relative: 1e-9)
    expectClose(gradient[((1 * 13 + 5) * 12 + 3) * 3 + 2], entry.gradient, relative: 1e-9)
  }

  @Test(arguments: cases) private func singlePrecisionAgrees(_ entry: Case) {
    let (x, target) = (pictures(1).converted(to: .float32), pictures(1.7).converted(to: .float32))
    expectClose(entry.loss(x, target).item, entry.value, relative: 1e-4)
  }

  @Test(arguments: cases) private func equalPicturesHaveNoDistance(_ entry: Case) throws {
    let x = pictures(1).variable()
    let loss = entry.loss(x, pictures(1))
    #expect(abs(loss.item) < 1e-12)
    expectFinite(try #require(try gradients(of: [loss], withRespectTo: [x])[0]).doubles)
  }
}
