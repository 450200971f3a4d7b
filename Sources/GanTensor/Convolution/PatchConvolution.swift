import CKernels
import GanBase

/// Bytes of patches that one thread works on: a good part of L2.
let patchBytes = 1 << 20

/// Convolution as matrix products of patches (im2col, Chellapilla et al. 2006): for every shape, and for Float64.
enum PatchConvolution {
  /// Blocks of patches that stay in the cache, each with a product of its own; if these are few, one for each of some
  /// groups of outputs.
  static func forward(picture: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    let (type, images) = (picture.type, picture.shape[0])
    let inputs = picture.shape[3], outputs = weight.shape[3], k = g.taps * inputs
    let result = Tensor(uninitialized: [images, g.outputHeight, g.outputWidth, outputs], type)
    let pixels = g.outputHeight * g.outputWidth
    let block = max(64, min(pixels, patchBytes / (k * type.size)))
    let blocks = ceilDiv(pixels, block)
    let table = ConvPlan.of(g).forward
    let isDirect = g.taps == 1 && g.stride == 1 && g.padding == 0
    let groups = max(1, min(outputs / 128, ceilDiv(fewestItems, images * blocks)))
    let columns = ceilDiv(outputs, groups)
    parallel(images * blocks * groups, grain: 1, scratch: isDirect ? [] : [block * k * type.size]) { item, scratch in
      let (part, group) = item.lowerBound.quotientAndRemainder(dividingBy: groups)
      let (image, index) = part.quotientAndRemainder(dividingBy: blocks)
      let range = index * block..<min((index + 1) * block, pixels), first = group * columns
      let source = picture.pointer(at: image * g.height * g.width * inputs)
      if !isDirect {
        table.gather(
          type, from: source, width: g.width, pixelStep: inputs, channels: inputs, range: range,
          to: scratch[0].pointer)
      }
      gemm(
        type, m: range.count, n: min(columns, outputs - first), k: k,
        isDirect ? source + range.lowerBound * inputs * type.size : scratch[0].pointer, k, weight.pointer(at: first),
        outputs, result.pointer(at: (image * pixels + range.lowerBound) * outputs + first), outputs)
    }
    return result
  }

  /// So many that 16 threads have something to do.
  private static let fewestItems = 16

  /// All patches at once; the threads share the output channels, so each weight is read once.
  static func forwardOfFewPixels(picture: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    let outputs = weight.shape[3], k = g.taps * picture.shape[3]
    let pixels = picture.shape[0] * g.outputHeight * g.outputWidth
    let result = Tensor(uninitialized: [picture.shape[0], g.outputHeight, g.outputWidth, outputs], picture.type)
    let patches = allPatches(picture, g)
    let products = ProductOfFewRows(picture.type, rows: pixels, depth: k)
    parallel(outputs, grain: ProductOfFewRows.columns, scratch: products.scratch) { range, scratch in
      products.compute(
        patches.pointer, k, weight.pointer(at: range.lowerBound), outputs, columns: range.count,
        to: result.pointer(at: range.lowerBound), outputs, scratch)
    }
    return result
  }

  private static func allPatches(_ picture: Tensor, _ g: ConvGeometry) -> Storage {
    let (type, images) = (picture.type, picture.shape[0])
    let inputs = picture.shape[3], k = g.taps * inputs
    let pixels = g.outputHeight * g.outputWidth
    let patches = Storage(bytes: images * pixels * k * type.size)
    let table = ConvPlan.of(g).forward
    parallel(images * g.outputHeight, grain: 1) { item in
      let (image, row) = item.lowerBound.quotientAndRemainder(dividingBy: g.outputHeight)
      let first = row * g.outputWidth
      table.gather(
        type, from: picture.pointer(at: image * g.height * g.width * inputs), width: g.width, pixelStep: inputs,
        channels: inputs, range: first..<first + g.outputWidth,
        to: patches.pointer + (image * pixels + first) * k * type.size)
    }
    return patches
  }
}

extension Tensor {
  /// Adds `vector` (one value per channel) to every pixel.
  func addToRows(_ vector: Tensor) {
    let width = vector.count
    parallelRows(count / width, of: width) { range in
      gk_add_to_rows(
        type.rawValue, vector.pointer, pointer(at: range.lowerBound * width), width, range.count, width)
    }
  }
}
