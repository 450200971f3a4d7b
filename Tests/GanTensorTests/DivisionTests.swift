import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Work is divided more finely for more threads: the results must have the same bits.
@Suite struct DivisionTests {
  init() throws { try Engine.start(threads: 2) }

  @Test(arguments: [
    ConvCase(images: 1, height: 32, width: 32, inputs: 64, outputs: 256, kernel: 3, stride: 1, padding: 1),
    ConvCase(images: 2, height: 33, width: 35, inputs: 32, outputs: 320, kernel: 4, stride: 2, padding: 1),
    ConvCase(images: 1, height: 20, width: 20, inputs: 96, outputs: 300, kernel: 4, stride: 1, padding: 1),
    ConvCase(
      images: 1, height: 40, width: 41, inputs: 24, outputs: 20, kernel: 5, stride: 1, padding: 2, mode: .reflect),
    ConvCase(images: 1, height: 9, width: 7, inputs: 128, outputs: 260, kernel: 3, stride: 2, padding: 1),
  ])
  func convolutionsAndTheirGradients(_ c: ConvCase) throws {
    var random = RandomStream(seed: 11)
    let x = Tensor.normal([c.images, c.height, c.width, c.inputs], from: &random).variable()
    let w = Tensor.normal([c.kernel, c.kernel, c.inputs, c.outputs], from: &random).variable()
    try expectSameBits {
      let y = x.convolved(w, bias: nil, stride: c.stride, padding: c.padding, mode: c.mode)
      let found = try gradients(of: [y.squared().sum()], withRespectTo: [x, w])
      return [y] + found.compactMap(\.self)
    }
  }

  @Test func everythingElse() throws {
    var random = RandomStream(seed: 12)
    let x = Tensor.normal([2, 37, 41, 24], from: &random).variable()
    let row = Tensor.normal([24], from: &random)
    try expectSameBits {
      var stream = RandomStream(seed: 13)
      let mask = Tensor.dropoutMask(x.shape, p: 0.5, from: &stream)
      let y = x.normalized(.sample, slope: 0.2) { moments, _ in
        ((moments.variance + 1e-5).squareRoot().reciprocal(), moments.mean)
      }
      let z = (y * mask + row).exp().averagePooled(kernel: 3, stride: 2, padding: 1)
      let all = [y, z, z.upsampledTwice(), x.permuted([0, 3, 1, 2]), Tensor.concatenated([x, y], axis: 3)]
      let loss = all.dropFirst().reduce(y.sum()) { $0 + $1.squared().sum() }
      return all + (try gradients(of: [loss], withRespectTo: [x])).compactMap(\.self)
    }
  }

  private func expectSameBits(_ compute: () throws -> [Tensor]) throws {
    let expected = try compute().map(\.floats)
    for width in [1, 3, 16, 64] {
      var found: [[Float]] = []
      _ = try ThreadPool.shared.profile(width: width) { found = try compute().map(\.floats) }
      #expect(found == expected, "\(width) threads")
    }
    #expect(expected.allSatisfy { $0.contains { $0 != 0 } && $0.allSatisfy(\.isFinite) })
  }
}
