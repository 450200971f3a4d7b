import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

private func box(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> Box {
  Box(left: left, top: top, right: right, bottom: bottom)
}

/// Joined to the table of `GradientTests`.
let regionGradientCases: [GradientCase] = [
  GradientCase("one region", [[1, 5, 6, 2]]) {
    $0[0].squared().cropped(to: [Region(picture: 0, box(0.4, 1.2, 5.1, 4.9))], height: 3, width: 2).squared()
  },
  GradientCase("regions that overlap", [[2, 6, 5, 3]]) {
    let regions = [
      Region(picture: 1, box(0, 0, 5, 6)), Region(picture: 0, box(1.5, 2, 4, 5.5)),
      Region(picture: 1, box(2.2, 2.1, 2.9, 2.6)), Region(picture: 1, box(-2, -3, 4, 9)),
    ]
    return $0[0].squared().cropped(to: regions, height: 2, width: 3, samples: 2).squared()
  },
  GradientCase("a map placed in a box", [[1, 3, 2, 2]]) {
    $0[0].squared().placed(in: box(1.2, 0.3, 6.4, 4.6), height: 7, width: 8).squared()
  },
]

@Suite struct RegionTests {
  init() throws { try Engine.start(threads: 2) }

  /// `[2,5,7,2]`.
  private let maps = Tensor((0..<140).map { Double($0 * 37 % 101) / 50 - 1 }, [2, 5, 7, 2])

  /// torchvision 0.28 on the same maps: `roi_align` with `aligned=True` and `spatial_scale=1`.
  @Test(
    arguments: [
      (
        Region(picture: 0, box(1, 0.5, 5.25, 4)), 2, 3, nil,
        [
          0.447708333, -0.205644531, -0.17, 0.451640625, -0.168294271, -0.195, 0.128111979, -0.23, 0.285, 0.228046875,
          -0.317584635, 0.250136719,
        ]
      ),
      (
        Region(picture: 1, box(0, 0, 7, 5)), 2, 2, 2,
        [-0.077421875, -0.142265625, -0.073671875, 0.066640625, -0.042890625, 0.2, 0.087109375, 0.022265625]
      ),
      (
        Region(picture: 1, box(-2.5, -1.25, 3, 9)), 3, 2, 1,
        [0, 0, -0.3075, 0.4325, 0, 0, 0.57, -0.4575, 0, 0, 0, 0]
      ),
      (
        Region(picture: 0, box(2.2, 1.1, 2.9, 1.5)), 2, 2, nil,
        [0.1895, 0.677, 0.0005, 0.7405, 0.2415, 0.729, 0.0525, 0.7925]
      ),
    ] as [(Region, Int, Int, Int?, [Double])]) func equalsTorchvision(
      _ region: Region, _ height: Int, _ width: Int, _ samples: Int?, _ expected: [Double]
    )
  {
    let found = maps.cropped(to: [region], height: height, width: width, samples: samples)
    #expect(found.shape == [1, height, width, 2])
    expectClose(found.doubles, expected, absolute: 1e-9)
    let single = maps.converted(to: .float32).cropped(to: [region], height: height, width: width, samples: samples)
    expectClose(single.doubles, expected, absolute: 3e-7)
  }

  /// As the definition reads, sample by sample.
  private func plain(_ x: Tensor, _ region: Region, _ height: Int, _ width: Int, _ samples: Int?) -> [Double] {
    let values = x.doubles, (h, w, c) = (x.shape[1], x.shape[2], x.shape[3]), b = region.box
    func pixel(_ y: Double, _ x: Double, _ channel: Int) -> Double {
      guard y >= -1, x >= -1, y <= Double(h), x <= Double(w) else { return 0 }
      let (y, x) = (min(max(y, 0), Double(h - 1)), min(max(x, 0), Double(w - 1)))
      let (top, left) = (Int(y), Int(x)), (dy, dx) = (y - Double(top), x - Double(left))
      func at(_ row: Int, _ column: Int) -> Double {
        values[((region.picture * h + min(row, h - 1)) * w + min(column, w - 1)) * c + channel]
      }
      return (1 - dy) * ((1 - dx) * at(top, left) + dx * at(top, left + 1))
        + dy * ((1 - dx) * at(top + 1, left) + dx * at(top + 1, left + 1))
    }
    let (rows, columns) = (b.height / Double(height), b.width / Double(width))
    let (ny, nx) = (samples ?? Int(rows.rounded(.up)), samples ?? Int(columns.rounded(.up)))
    var result: [Double] = []
    for i in 0..<height {
      for j in 0..<width {
        for channel in 0..<c {
          var sum = 0.0
          for sy in 0..<ny {
            for sx in 0..<nx {
              sum += pixel(
                b.top - 0.5 + rows * (Double(i) + (Double(sy) + 0.5) / Double(ny)),
                b.left - 0.5 + columns * (Double(j) + (Double(sx) + 0.5) / Double(nx)), channel)
            }
          }
          result.append(sum / Double(ny * nx))
        }
      }
    }
    return result
  }

  @Test(arguments: [nil, 1, 3]) func equalsThePlainDefinition(_ samples: Int?) {
    var random = RandomStream(seed: 4)
    let x = Tensor((0..<3 * 40 * 33 * 5).map { _ in Double(random.uniform(-1, 1)) }, [3, 40, 33, 5])
    let regions = (0..<12).map { number -> Region in
      let left = Double(random.uniform(-3, 30)), top = Double(random.uniform(-3, 36))
      return Region(
        picture: number % 3,
        box(left, top, left + Double(random.uniform(0.5, 36)), top + Double(random.uniform(0.5, 44))))
    }
    let expected = regions.flatMap { plain(x, $0, 6, 7, samples) }
    let found = x.cropped(to: regions, height: 6, width: 7, samples: samples)
    expectClose(found.doubles, expected, absolute: 1e-13)
    let single = x.converted(to: .float32).cropped(to: regions, height: 6, width: 7, samples: samples)
    expectClose(single.doubles, expected, absolute: 2e-6)
  }

  /// A box of whole pixels cut out in its own size is a slice.
  @Test func aBoxOfWholePixelsIsASlice() {
    let found = maps.cropped(to: [Region(picture: 1, box(2, 1, 6, 4))], height: 3, width: 4)
    expectClose(found, maps.sliced(1..<2, axis: 0).sliced(1..<4, axis: 1).sliced(2..<6, axis: 2), absolute: 1e-15)
  }

  @Test func aMirroredPictureHasTheSameRegionsMirrored() {
    let place = box(1.25, 0.5, 5.5, 4.25)
    let found = maps.flipped().cropped(
      to: [Region(picture: 0, place.mirrored(width: 7))], height: 4, width: 6, samples: 1)
    let expected = maps.cropped(to: [Region(picture: 0, place)], height: 4, width: 6, samples: 1).flipped()
    expectClose(found, expected, absolute: 1e-14)
  }

  @Test func aMapIsPlacedAtTheCentresInItsBox() {
    let map = Tensor([1, 2, 3, 4] as [Double], [1, 2, 2, 1])
    // The centres of columns 1 to 4 and of rows 1 and 2 lie in the box, rows at 0.4 and 1 (cut) of the map's centres.
    let found = map.placed(in: box(1, 0.6, 5, 2.6), height: 4, width: 6)
    let line = [0, 1, 1.25, 1.75, 2, 0], rows = [nil, 0.4, 1, nil]
    let expected = rows.flatMap { row in line.map { value in row.map { value == 0 ? 0 : value + 2 * $0 } ?? 0 } }
    expectClose(found.doubles, expected, absolute: 1e-14)
    // A box between two centres covers none.
    #expect(Set(map.placed(in: box(1.6, 1, 2.4, 3), height: 4, width: 6).doubles) == [0])
  }
}
