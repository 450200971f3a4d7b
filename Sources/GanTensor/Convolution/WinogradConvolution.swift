import CKernels
import GanBase

// Products per output and channel, compared with the taps of the kernel: 3 of 9 for 3x3, 7.1 of 16 for 4x4, 12 of 25 for
// 5x5, 12 of 36 for 6x6 with stride 2, and 7.1 of 9 for 3x3 with stride 2. The largest error is about 1e-6 of the largest
// result, twice that of direct summation.

/// Convolution by minimal filtering.
enum WinogradConvolution {
  static func forward(
    picture: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry, _ size: WinogradTileSize
  ) -> Tensor {
    filtered(picture, weight, bias: bias, ConvPlan.of(g).winogradForward(size))
  }

  static func dataGradient(
    gradient: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry, _ size: WinogradTileSize
  ) -> Tensor {
    filtered(gradient, weight.transposedTaps(), bias: bias, ConvPlan.of(g).winogradDataGradient(size))
  }

  static func weightGradient(
    picture: Tensor, gradient: Tensor, _ g: ConvGeometry, _ size: WinogradTileSize
  ) -> Tensor {
    let (inputs, outputs) = (picture.shape[3], gradient.shape[3])
    let (wideInputs, wideOutputs) = (wholeVectors(inputs), wholeVectors(outputs))
    let result = Tensor(uninitialized: [g.kernelHeight, g.kernelWidth, wideInputs, wideOutputs], picture.type)
    WinogradWeightGradient(
      ConvPlan.of(g).winogradForward(size), picture: picture.withChannels(wideInputs),
      gradient: gradient.withChannels(wideOutputs), result: result
    ).run()
    return result.withChannels(inputs, outputs)
  }

  /// - Parameters:
  ///   - maps: `[N,H,W,inputs]`
  ///   - weight: `[kh,kw,inputs,outputs]`
  private static func filtered(_ maps: Tensor, _ weight: Tensor, bias: Tensor?, _ plan: WinogradPlan) -> Tensor {
    let (inputs, outputs) = (weight.shape[2], weight.shape[3])
    let (wideInputs, wideOutputs) = (wholeVectors(inputs), wholeVectors(outputs))
    if (wideInputs, wideOutputs) != (inputs, outputs) {
      return filtered(
        maps.withChannels(wideInputs), weight.withChannels(wideInputs, wideOutputs),
        bias: bias.map { $0.reshaped(to: [1, 1, 1, outputs]).withChannels(wideOutputs) }, plan
      ).withChannels(outputs)
    }
    let result = Tensor(uninitialized: [maps.shape[0], plan.output.height, plan.output.width, outputs], maps.type)
    let filter = WinogradFilter(plan, maps: maps, weight: weight, bias: bias, result: result)
    parallel(filter.items, grain: 1, scratch: filter.scratch) { item, scratch in
      filter.compute(item.lowerBound, pictures: scratch[0], products: scratch[1])
    }
    return result
  }
}

/// The tiles of all images, transformed, multiplied with the transformed weight and transformed back, some at a time.
private struct WinogradFilter {
  let plan: WinogradPlan
  let maps: Tensor, result: Tensor
  let bias: Tensor?
  /// Of all images, and of a block that one thread filters at a time.
  let tiles: Int, block: Int
  /// Panels of 32 columns that an item computes: all of them, unless there are so few blocks of tiles that many threads
  /// would have nothing to do. The items of a block transform the same pictures.
  private let group: Int
  private let kernels: Storage
  private let inputs: Int, outputs: Int, depth: Int, panels: Int
  /// Tiles that the kernels take room for, however few there are.
  private let least = Int(gk_winograd_least_tiles())

  init(_ plan: WinogradPlan, maps: Tensor, weight: Tensor, bias: Tensor?, result: Tensor) {
    (self.plan, self.maps, self.bias, self.result) = (plan, maps, bias, result)
    (inputs, outputs) = (weight.shape[2], weight.shape[3])
    depth = inputs * plan.input.phases * plan.input.phases
    let columns = outputs * plan.output.phases * plan.output.phases
    panels = ceilDiv(columns, 32)
    kernels = plan.transformed(weight, inputs: inputs, outputs: outputs)
    tiles = plan.tiles(maps.shape[0])
    let usual = plan.block(of: tiles, depth: depth, columns: columns)
    let cut = WinogradCut.quickest(tiles: tiles, block: usual, panels: panels, threads: ThreadPool.shared.width)
    (block, group) = (cut.block, cut.group)
  }

  /// Blocks of tiles times groups of panels.
  var items: Int { ceilDiv(tiles, block) * ceilDiv(panels, group) }

  /// Bytes of the transformed pictures and of the products of two panels.
  var scratch: [Int] {
    let room = max(block, least)
    return [plan.bytes(depth * room), 2 * plan.bytes(room * 32)]
  }

  func compute(_ item: Int, pictures: Storage, products: Storage) {
    let (index, part) = item.quotientAndRemainder(dividingBy: ceilDiv(panels, group))
    let first = index * block, count = min(block, tiles - first)
    let room = max(count, least), size = plan.positions * gk_winograd_step(room * 32)
    let (v, m) = (pictures.base, products.base)
    plan.input.with(plan, channels: inputs) {
      gk_winograd_pictures(plan.kind, &$0, maps.base, first, count, room, room, 0, v)
    }
    plan.output.with(plan, channels: outputs) {
      for pair in stride(from: part * group, to: min(panels, (part + 1) * group), by: 2) {
        let some = min(2, panels - pair)
        gk_winograd_multiply(v, kernels.base + pair * depth * 32, plan.positions, depth, panels, some, room, m)
        for panel in 0..<some {
          gk_winograd_results(
            plan.kind, &$0, m + panel * size, pair + panel, first, count, room, bias?.base, result.base)
        }
      }
    }
  }
}

extension Tensor {
  fileprivate var base: UnsafeMutablePointer<Float> { pointer(at: 0).assumingMemoryBound(to: Float.self) }
}

extension Storage {
  fileprivate var base: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }
}

extension WinogradPlan {
  fileprivate func tiles(_ images: Int) -> Int { images * tileRows * tileColumns }

  /// Room for all positions of a tile, with `size` floats each.
  fileprivate func storage(_ size: Int) -> Storage { Storage(bytes: bytes(size)) }
  fileprivate func bytes(_ size: Int) -> Int { positions * gk_winograd_step(size) * 4 }

  /// Tiles that one thread filters at a time: their transforms should stay in the cache, while those of the
  /// weights pass through it once per block.
  fileprivate func block(of tiles: Int, depth: Int, columns: Int) -> Int {
    let cached = (3 << 19) / (positions * depth * 4)
    let most = max(cached, min(96, columns / 4), 16)
    // An even number of blocks of about the same size.
    let blocks = max(4, (tiles + 2 * most - 1) / (2 * most) * 2)
    return ceilDiv(tiles, blocks)
  }

  /// `[A*A][panels][inputs of all phases][32]`.
  fileprivate func transformed(_ weight: Tensor, inputs: Int, outputs: Int) -> Storage {
    let depth = inputs * input.phases * input.phases
    let panels = ceilDiv(outputs * output.phases * output.phases, 32)
    let result = storage(panels * depth * 32)
    withWeights(inputs: inputs, outputs: outputs) { weights in
      let weights = weights
      parallel(depth, grain: max(1, depth / (2 * max(16, ThreadPool.shared.width)))) { range in
        withUnsafePointer(to: weights) {
          gk_winograd_kernels(kind, $0, weight.base, range.lowerBound, range.count, result.base)
        }
      }
    }
    return result
  }

  fileprivate func withWeights(inputs: Int, outputs: Int, _ body: (gk_winograd_weights) -> Void) {
    taps.withUnsafeBufferPointer {
      body(
        gk_winograd_weights(
          taps: $0.baseAddress, in_phases: input.phases * input.phases, out_phases: output.phases * output.phases,
          inputs: inputs, outputs: outputs))
    }
  }
}

/// The weight gradient as a sum over tiles of outer products, one for each position of a tile.
private struct WinogradWeightGradient {
  let plan: WinogradPlan
  let picture: Tensor, gradient: Tensor, result: Tensor
  let inputs: Int, outputs: Int, depth: Int, panels: Int

  init(_ plan: WinogradPlan, picture: Tensor, gradient: Tensor, result: Tensor) {
    (self.plan, self.picture, self.gradient, self.result) = (plan, picture, gradient, result)
    (inputs, outputs) = (picture.shape[3], gradient.shape[3])
    depth = inputs * plan.input.phases * plan.input.phases
    panels = ceilDiv(outputs, 32)
  }

  func run() {
    let positions = plan.positions, tiles = plan.tiles(gradient.shape[0])
    // So many tiles at a time that their transforms take at most 48 MiB.
    let most = max(256, (48 << 20) / (positions * (depth + panels * 32) * 4))
    let chunks = ceilDiv(tiles, most), room = ceilDiv(tiles, chunks)
    let pictures = plan.storage(depth * room), gradients = plan.storage(panels * room * 32)
    let sums = plan.storage(panels * depth * 32)
    for first in stride(from: 0, to: tiles, by: room) {
      let count = min(room, tiles - first)
      transform(first: first, count: count, room: room, pictures, gradients)
      multiply(count: count, room: room, pictures, gradients, adds: first > 0, sums)
    }
    plan.withWeights(inputs: inputs, outputs: outputs) { weights in
      parallel(depth, grain: max(1, depth / (2 * max(16, ThreadPool.shared.width)))) { range in
        withUnsafePointer(to: weights) {
          gk_winograd_kernel_gradients(plan.kind, $0, sums.base, range.lowerBound, range.count, result.base)
        }
      }
    }
  }

  private func transform(first: Int, count: Int, room: Int, _ pictures: Storage, _ gradients: Storage) {
    plan.input.with(plan, channels: inputs) { input in
      let input = input
      plan.output.with(plan, channels: outputs) { output in
        let output = output
        parallel(count, grain: min(16, max(4, ceilDiv(count, 2 * ThreadPool.shared.width)))) { range in
          withUnsafePointer(to: input) {
            gk_winograd_pictures(
              plan.kind, $0, picture.base, first + range.lowerBound, range.count, 0, room, 1,
              pictures.base + range.lowerBound * 16)
          }
          withUnsafePointer(to: output) {
            gk_winograd_gradients(
              plan.kind, $0, gradient.base, first + range.lowerBound, range.count, room, panels,
              gradients.base + range.lowerBound * 32)
          }
        }
      }
    }
  }

  private func multiply(
    count: Int, room: Int, _ pictures: Storage, _ gradients: Storage, adds: Bool, _ sums: Storage
  ) {
    let step = 128, pairs = (panels + 1) / 2
    parallel(plan.positions * pairs, grain: 1) { item in
      let (position, pair) = item.lowerBound.quotientAndRemainder(dividingBy: pairs)
      let panel = 2 * pair, some = min(2, panels - panel)
      let v = pictures.base + position * gk_winograd_step(depth * room)
      let z = gradients.base + position * gk_winograd_step(panels * room * 32) + panel * room * 32
      let u = sums.base + position * gk_winograd_step(panels * depth * 32) + panel * depth * 32
      for first in stride(from: 0, to: count, by: step) {
        gk_winograd_accumulate(
          v, z, depth, room, first, min(step, count - first), some, adds || first > 0 ? 1 : 0, u)
      }
    }
  }
}
