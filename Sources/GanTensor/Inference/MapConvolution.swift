import CKernels
import GanBase

/// A convolution with fixed weights, packed once for the kernel that reads the maps directly: without
/// patches, and with bias and ReLU in the same pass. Threads may share it: it is immutable after `init`.
package final class MapConvolution: @unchecked Sendable {
  package let inputs: Int, outputs: Int
  package let kernelHeight: Int, kernelWidth: Int
  package let stride: Int
  package let paddingHeight: Int, paddingWidth: Int
  package let hasReLU: Bool
  private let weights: Storage
  private let bias: Storage
  /// Groups of outputs that are computed together.
  private let blocks: Int

  /// Pixels per block of work.
  private static let grain = 224

  /// - Parameters:
  ///   - weight: `[kh,kw,I,O]`
  ///   - bias: `[O]`
  package init(
    weight: [Float], bias: [Float], kernel: (height: Int, width: Int), inputs: Int, stride: Int = 1,
    padding: (height: Int, width: Int) = (0, 0), hasReLU: Bool = true
  ) {
    let taps = kernel.height * kernel.width * inputs
    precondition(weight.count == taps * bias.count, "weights of another size")
    (self.inputs, outputs, self.stride, self.hasReLU) = (inputs, bias.count, stride, hasReLU)
    (kernelHeight, kernelWidth) = kernel
    (paddingHeight, paddingWidth) = padding
    blocks = ceilDiv(bias.count, GK_OUTPUT_BLOCK)
    let padded = blocks * GK_OUTPUT_BLOCK
    weights = Storage(bytes: taps * padded * 4)
    self.bias = Storage(bytes: padded * 4)
    if DryRun.isOn { return }
    gk_pack_map_weights(weight, taps, outputs, weights.pointer.assumingMemoryBound(to: Float.self))
    let target = self.bias.pointer.assumingMemoryBound(to: Float.self)
    for index in 0..<padded { target[index] = index < bias.count ? bias[index] : 0 }
  }

  package func outputHeight(_ height: Int) -> Int { (height + 2 * paddingHeight - kernelHeight) / stride + 1 }
  package func outputWidth(_ width: Int) -> Int { (width + 2 * paddingWidth - kernelWidth) / stride + 1 }

  /// A new map.
  package func callAsFunction(_ x: BorderedMap, border: Int = 0) -> BorderedMap {
    let y = BorderedMap(
      images: x.images, height: outputHeight(x.height), width: outputWidth(x.width), channels: outputs, border: border)
    self(x, into: MapPart(y))
    return y
  }

  /// Writes its outputs to some channels of a map.
  package func callAsFunction(_ x: BorderedMap, into part: MapPart) {
    let y = part.map
    precondition(x.channels == inputs && part.channels.count == outputs, "a convolution of other channels")
    precondition(x.border >= max(paddingHeight, paddingWidth), "the border is narrower than the padding")
    precondition(
      y.images == x.images && y.height == outputHeight(x.height) && y.width == outputWidth(x.width),
      "an output of another size")
    var parameters = gk_map_convolution(
      x: x.pixel(0, -paddingHeight, -paddingWidth), x_image: x.imageStep, x_row: stride * x.rowStep,
      x_pixel: stride * inputs, kernel_rows: kernelHeight, kernel_row_step: x.rowStep, run: kernelWidth * inputs,
      y: y.pixel(0, 0, 0) + part.channels.lowerBound, y_image: y.imageStep, y_row: y.rowStep, y_pixel: y.channels,
      rows: y.height, columns: y.width, weights: weights.pointer.assumingMemoryBound(to: Float.self),
      bias: bias.pointer.assumingMemoryBound(to: Float.self), outputs: outputs, relu: hasReLU ? 1 : 0)
    let pixels = y.images * y.height * y.width, grain = Self.grain
    let strips = ceilDiv(pixels, grain)
    withUnsafePointer(to: &parameters) { parameters in
      ThreadPool.shared.run(strips) { strip in
        let first = strip * grain
        for block in 0..<blocks { gk_convolve_map(parameters, block, first, min(grain, pixels - first)) }
      }
    }
  }
}
