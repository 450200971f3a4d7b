import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Layers on bordered maps against the general operations.
@Suite struct MapInferenceTests {
  init() throws { try Engine.start(threads: 2) }

  private func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed)
    return Tensor.normal(shape, from: &stream)
  }

  private func map(_ x: Tensor, border: Int) -> BorderedMap {
    let map = BorderedMap(
      images: x.shape[0], height: x.shape[1], width: x.shape[2], channels: x.shape[3], border: border)
    for image in 0..<x.shape[0] { map.assign(x.sliced(image..<image + 1, axis: 0).floats, to: image) }
    return map
  }

  struct Layer: CustomTestStringConvertible, Sendable {
    var size = (9, 11), inputs = 5, outputs = 7, kernel = (3, 3), stride = 1, padding = (1, 1), border = 1
    var testDescription: String { "\(size) \(inputs)->\(outputs) k\(kernel) s\(stride) p\(padding)" }
  }

  static let layers = [
    Layer(), Layer(outputs: 16), Layer(outputs: 17), Layer(outputs: 32), Layer(outputs: 33), Layer(outputs: 80),
    Layer(inputs: 3, stride: 2, padding: (0, 0), border: 0), Layer(kernel: (1, 7), padding: (0, 3), border: 3),
    Layer(kernel: (7, 1), padding: (3, 0), border: 3), Layer(kernel: (1, 1), padding: (0, 0), border: 2),
    Layer(size: (1, 1), inputs: 40, outputs: 100, kernel: (1, 1), padding: (0, 0), border: 0),
    Layer(size: (3, 2), kernel: (5, 5), padding: (2, 2), border: 2), Layer(size: (40, 37), inputs: 2, outputs: 48),
  ]

  @Test(arguments: layers) func convolution(_ layer: Layer) {
    let x = random([2, layer.size.0, layer.size.1, layer.inputs], 1)
    let weight = random([layer.kernel.0, layer.kernel.1, layer.inputs, layer.outputs], 2)
    let bias = random([layer.outputs], 3)
    let padded = map(x, border: max(layer.padding.0, layer.padding.1))
    // What lies in the border is what a convolution without padding sees in a larger picture.
    let larger = bordered(x, layer.padding)
    let expected = larger.convolved(weight, bias: bias, stride: layer.stride).relu()
    let convolution = MapConvolution(
      weight: weight.floats, bias: bias.floats, kernel: (layer.kernel.0, layer.kernel.1), inputs: layer.inputs,
      stride: layer.stride, padding: (layer.padding.0, layer.padding.1))
    let target = BorderedMap(
      images: 2, height: expected.shape[1], width: expected.shape[2], channels: layer.outputs + 5, border: layer.border)
    target.fillForTest(7)
    convolution(padded, into: MapPart(target, 2..<2 + layer.outputs))
    let found = target.values(2..<2 + layer.outputs)
    expectClose(found, expected.doubles, ofLargest: 2e-6)
    // Neighbouring channels and the border stay as they were.
    let pixels = 2 * expected.shape[1] * expected.shape[2]
    #expect(target.values(0..<2) == [Float](repeating: 7, count: 2 * pixels))
    #expect(target.values(2 + layer.outputs..<5 + layer.outputs) == [Float](repeating: 7, count: 3 * pixels))
    #expect(target.borderIsZero)
  }

  private func bordered(_ x: Tensor, _ padding: (Int, Int)) -> Tensor {
    x.embedded(at: padding.0, of: x.shape[1] + 2 * padding.0, axis: 1)
      .embedded(at: padding.1, of: x.shape[2] + 2 * padding.1, axis: 2)
  }

  @Test(arguments: [1, 3, 16, 33]) func averages(_ channels: Int) {
    let x = random([2, 6, 5, channels], 4)
    let expected = x.averagePooled(kernel: 3, stride: 1, padding: 1)
    let found = MapPooling.average(map(x, border: 1), stride: 1, padding: 1)
    expectClose(found.values(), expected.doubles, ofLargest: 1e-6)
    let positive = BorderedMap(images: 2, height: 6, width: 5, channels: channels)
    MapPooling.average(map(x, border: 2), stride: 1, padding: 1, into: MapPart(positive), hasReLU: true)
    expectClose(positive.values(), expected.relu().doubles, ofLargest: 1e-6)
  }

  @Test(arguments: [(1, 0), (2, 0), (1, 1), (2, 1)]) func maxima(_ stride: Int, _ padding: Int) {
    let x = random([2, 7, 8, 3], 5).abs()
    let found = MapPooling.maximum(map(x, border: padding), stride: stride, padding: padding, border: 1)
    let values = x.floats
    for image in 0..<2 {
      for row in 0..<found.height {
        for column in 0..<found.width {
          for channel in 0..<3 {
            var greatest: Float = 0
            for (dy, dx) in (0..<9).map({ ($0 / 3, $0 % 3) }) {
              let (y, x) = (row * stride + dy - padding, column * stride + dx - padding)
              if (0..<7).contains(y), (0..<8).contains(x) {
                greatest = max(greatest, values[((image * 7 + y) * 8 + x) * 3 + channel])
              }
            }
            #expect(found.pixel(image, row, column)[channel] == greatest)
          }
        }
      }
    }
  }

  @Test func means() {
    let x = random([2, 4, 5, 3], 6)
    expectClose(map(x, border: 1).means(), x.globalAverage().doubles, ofLargest: 1e-6)
  }
}

extension BorderedMap {
  fileprivate func fillForTest(_ value: Float) {
    for image in 0..<images { assign([Float](repeating: value, count: height * width * channels), to: image) }
  }

  fileprivate var borderIsZero: Bool {
    (0..<images).allSatisfy { image in
      (-border..<height + border).allSatisfy { row in
        (-border..<width + border).allSatisfy { column in
          (0..<height).contains(row) && (0..<width).contains(column)
            || (0..<channels).allSatisfy { pixel(image, row, column)[$0] == 0 }
        }
      }
    }
  }
}
