import CKernels
import GanBase

extension Tensor {
  /// The pixels at `places` (row * W + column) of some of these pictures `[N,H,W,C]`, picture by picture:
  /// `[pictures * places, C]`. A place may come more than once.
  package func pixels(at places: [Int], of pictures: Range<Int>) -> Tensor {
    let channels = shape[3], perPicture = shape[1] * shape[2]
    precondition(0..<shape[0] ~= pictures.lowerBound && pictures.upperBound <= shape[0], "\(pictures) of \(shape)")
    precondition(places.allSatisfy { 0..<perPicture ~= $0 }, "pixels beyond \(shape)")
    let result = Tensor(uninitialized: [pictures.count * places.count, channels], type)
    forEachPixel(places, pictures, perPicture: perPicture) { row, pixel in
      result.pointer(at: row * channels).copyMemory(
        from: pointer(at: pixel * channels), byteCount: channels * type.size)
    }
    return result.recorded("pixels", from: [self]) { [shape] in
      [$0.gradient.scattered(to: places, of: pictures, in: shape)]
    }
  }

  /// The adjoint: these rows added up at the pixels of pictures of `shape`, which are zero elsewhere.
  private func scattered(to places: [Int], of pictures: Range<Int>, in shape: Shape) -> Tensor {
    let channels = shape[3]
    let result = Tensor.zeros(shape, type: type)
    forEachPixel(places, pictures, perPicture: shape[1] * shape[2]) { row, pixel in
      let sum = result.pointer(at: pixel * channels)
      gk_binary(type.rawValue, Int32(GK_ADD), sum, 1, pointer(at: row * channels), 1, sum, channels, 0)
    }
    return result.recorded("scattered pixels", from: [self]) { [$0.gradient.pixels(at: places, of: pictures)] }
  }

  /// Calls `body` with the number of a row and the number of its pixel among all pictures.
  private func forEachPixel(
    _ places: [Int], _ pictures: Range<Int>, perPicture: Int, _ body: (_ row: Int, _ pixel: Int) -> Void
  ) {
    if DryRun.isOn { return }
    let mark = OpClock.begin(.rearranging)
    defer { OpClock.end(mark) }
    for (number, picture) in pictures.enumerated() {
      for (index, place) in places.enumerated() {
        body(number * places.count + index, picture * perPicture + place)
      }
    }
  }
}
