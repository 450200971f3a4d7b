import CKernels
import GanBase

/// Bytes of patches that one thread works on: a good part of L2.
let patchBytes = 1 << 20
/// At most this many pixels count as few: then work is cut along channels, not pixels.
let fewPixels = 256

extension Tensor {
  /// Convolution of this `[N,H,W,I]` with `weight [kh,kw,I,O]`: `[N,Ho,Wo,O]`. Blocked im2col and GEMM
  /// (Chellapilla et al. 2006).
  func convKernel(_ weight: Tensor, bias: Tensor?, _ g: ConvGeometry) -> Tensor {
    if let result = tileForward(weight, bias: bias, g) { return result }
    if let result = winogradForward(weight, bias: bias, g) ?? directForward(weight, bias: bias, g) { return result }
    let result = Tensor(uninitialized: [shape[0], g.outputHeight, g.outputWidth, weight.shape[3]], type)
    if isNarrow(outputs: weight.shape[3], inputs: weight.shape[2], g), type == .float32 {
      narrowForward(weight.narrowPacked(), outputs: weight.shape[3], g, result)
    } else if result.count / result.shape[3] <= fewPixels {
      forwardOfFewPixels(weight, g, result)
    } else {
      forwardByBlocks(weight, g, result)
    }
    if let bias { result.addToRows(bias) }
    return result
  }

  private func forwardByBlocks(_ weight: Tensor, _ g: ConvGeometry, _ result: Tensor) {
    let inputs = shape[3], outputs = weight.shape[3], k = g.taps * inputs
    let pixels = g.outputHeight * g.outputWidth
    let block = max(64, min(pixels, patchBytes / (k * type.size)))
    let blocks = ceilDiv(pixels, block)
    let table = ConvPlan.of(g).forward
    let isDirect = g.taps == 1 && g.stride == 1 && g.padding == 0
    parallel(shape[0] * blocks, grain: 1, scratch: isDirect ? [] : [block * k * type.size]) { item in
      let (image, index) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
      let range = index * block..<min((index + 1) * block, pixels)
      let source = pointer(at: image * g.height * g.width * inputs)
      let destination = result.pointer(at: (image * pixels + range.lowerBound) * outputs)
      if isDirect {
        gemm(
          type, m: range.count, n: outputs, k: k, source + range.lowerBound * inputs * type.size, k, weight.pointer,
          outputs, destination, outputs)
        return
      }
      let patches = Storage(bytes: range.count * k * type.size)
      table.gather(
        type, from: source, width: g.width, pixelStep: inputs, channels: inputs, range: range, to: patches.pointer)
      gemm(type, m: range.count, n: outputs, k: k, patches.pointer, k, weight.pointer, outputs, destination, outputs)
    }
  }

  /// All patches at once; the threads share the output channels, so each weight is read once.
  private func forwardOfFewPixels(_ weight: Tensor, _ g: ConvGeometry, _ result: Tensor) {
    let outputs = weight.shape[3], k = g.taps * shape[3]
    let pixels = g.outputHeight * g.outputWidth
    let patches = allPatches(g)
    parallel(outputs, grain: channelGrain(outputs)) { range in
      gemm(
        type, m: shape[0] * pixels, n: range.count, k: k, patches.pointer, k, weight.pointer(at: range.lowerBound),
        outputs, result.pointer(at: range.lowerBound), outputs)
    }
  }

  private func allPatches(_ g: ConvGeometry) -> Storage {
    let inputs = shape[3], k = g.taps * inputs
    let pixels = g.outputHeight * g.outputWidth
    let patches = Storage(bytes: shape[0] * pixels * k * type.size)
    let table = ConvPlan.of(g).forward
    parallel(shape[0] * g.outputHeight, grain: 1) { item in
      let (image, row) = item.lowerBound.quotientAndRemainder(dividingBy: g.outputHeight)
      let first = row * g.outputWidth
      table.gather(
        type, from: pointer(at: image * g.height * g.width * inputs), width: g.width, pixelStep: inputs,
        channels: inputs, range: first..<first + g.outputWidth,
        to: patches.pointer + (image * pixels + first) * k * type.size)
    }
    return patches
  }

  /// Adds `vector` (one value per channel) to every pixel.
  func addToRows(_ vector: Tensor) {
    let width = vector.count
    parallel(count / width, grain: max(1, elementGrain / width)) { range in
      gk_add_to_rows(
        type.rawValue, vector.pointer, pointer(at: range.lowerBound * width), width, range.count, width)
    }
  }
}

/// Channels per item where work is cut along channels.
func channelGrain(_ channels: Int) -> Int { max(32, nextMultiple(of: 16, from: channels / 8)) }
