import GanTensor

/// A block of branches whose outputs are concatenated along the channels.
protocol InceptionBlock: Sendable {
  var name: String { get }
  func callAsFunction(_ x: BorderedMap, _ probe: InceptionNetwork.Probe) -> BorderedMap
}

/// A 1x1 convolution, then 3x3 average pooling that ignores padding, then ReLU. The published network pools first; both
/// are linear, and this way there are fewer channels to pool.
private struct PooledBranch {
  let unit: InceptionUnit

  init(_ name: String, _ inputs: Int, _ outputs: Int, _ make: InceptionUnit.Maker) throws {
    unit = try make("\(name).branch_pool", inputs, outputs, hasReLU: false)
  }

  func callAsFunction(_ x: BorderedMap, into part: MapPart, _ probe: InceptionNetwork.Probe) {
    MapPooling.average(unit.convolution(x, border: 1), stride: 1, padding: 1, into: part, hasReLU: true)
    probe(unit.name, part)
  }
}

/// The concatenated output map, whose channel ranges are handed out in order.
private struct Joining {
  let map: BorderedMap
  private var next = 0

  init(_ x: BorderedMap, height: Int, width: Int, channels: Int, border: Int = 0) {
    map = BorderedMap(images: x.images, height: height, width: width, channels: channels, border: border)
  }

  mutating func part(_ channels: Int) -> MapPart {
    defer { next += channels }
    return MapPart(map, next..<next + channels)
  }
}

/// 35x35.
struct InceptionA: InceptionBlock {
  let name: String
  private let branch1x1: InceptionUnit, branch5x5: [InceptionUnit], branch3x3dbl: [InceptionUnit]
  private let pool: PooledBranch

  init(_ name: String, _ inputs: Int, pool features: Int, _ make: InceptionUnit.Maker) throws {
    self.name = name
    branch1x1 = try make("\(name).branch1x1", inputs, 64)
    branch5x5 = [
      try make("\(name).branch5x5_1", inputs, 48), try make("\(name).branch5x5_2", 48, 64, (5, 5), padding: (2, 2)),
    ]
    branch3x3dbl = [
      try make("\(name).branch3x3dbl_1", inputs, 64),
      try make("\(name).branch3x3dbl_2", 64, 96, (3, 3), padding: (1, 1)),
      try make("\(name).branch3x3dbl_3", 96, 96, (3, 3), padding: (1, 1)),
    ]
    pool = try PooledBranch(name, inputs, features, make)
  }

  func callAsFunction(_ x: BorderedMap, _ probe: InceptionNetwork.Probe) -> BorderedMap {
    let features = pool.unit.convolution.outputs
    var joined = Joining(x, height: x.height, width: x.width, channels: 224 + features)
    branch1x1(x, into: joined.part(64), probe)
    branch5x5[1](branch5x5[0](x, border: 2, probe), into: joined.part(64), probe)
    let y = branch3x3dbl[1](branch3x3dbl[0](x, border: 1, probe), border: 1, probe)
    branch3x3dbl[2](y, into: joined.part(96), probe)
    pool(x, into: joined.part(features), probe)
    return joined.map
  }
}

/// From 35x35 to 17x17.
struct InceptionB: InceptionBlock {
  let name: String
  private let branch3x3: InceptionUnit, branch3x3dbl: [InceptionUnit]

  init(_ name: String, _ make: InceptionUnit.Maker) throws {
    self.name = name
    branch3x3 = try make("\(name).branch3x3", 288, 384, (3, 3), stride: 2)
    branch3x3dbl = [
      try make("\(name).branch3x3dbl_1", 288, 64),
      try make("\(name).branch3x3dbl_2", 64, 96, (3, 3), padding: (1, 1)),
      try make("\(name).branch3x3dbl_3", 96, 96, (3, 3), stride: 2),
    ]
  }

  func callAsFunction(_ x: BorderedMap, _ probe: InceptionNetwork.Probe) -> BorderedMap {
    var joined = Joining(x, height: (x.height - 3) / 2 + 1, width: (x.width - 3) / 2 + 1, channels: 768)
    branch3x3(x, into: joined.part(384), probe)
    branch3x3dbl[2](branch3x3dbl[1](branch3x3dbl[0](x, border: 1, probe), probe), into: joined.part(96), probe)
    MapPooling.maximum(x, stride: 2, padding: 0, into: joined.part(288))
    return joined.map
  }
}

/// 17x17, with kernels of one row or one column.
struct InceptionC: InceptionBlock {
  let name: String
  private let branch1x1: InceptionUnit, branch7x7: [InceptionUnit], branch7x7dbl: [InceptionUnit]
  private let pool: PooledBranch

  init(_ name: String, width: Int, _ make: InceptionUnit.Maker) throws {
    self.name = name
    func row(_ branch: String, _ inputs: Int, _ outputs: Int) throws -> InceptionUnit {
      try make("\(name).\(branch)", inputs, outputs, (1, 7), padding: (0, 3))
    }
    func column(_ branch: String, _ inputs: Int, _ outputs: Int) throws -> InceptionUnit {
      try make("\(name).\(branch)", inputs, outputs, (7, 1), padding: (3, 0))
    }
    branch1x1 = try make("\(name).branch1x1", 768, 192)
    branch7x7 = [
      try make("\(name).branch7x7_1", 768, width), try row("branch7x7_2", width, width),
      try column("branch7x7_3", width, 192),
    ]
    branch7x7dbl = [
      try make("\(name).branch7x7dbl_1", 768, width), try column("branch7x7dbl_2", width, width),
      try row("branch7x7dbl_3", width, width), try column("branch7x7dbl_4", width, width),
      try row("branch7x7dbl_5", width, 192),
    ]
    pool = try PooledBranch(name, 768, 192, make)
  }

  func callAsFunction(_ x: BorderedMap, _ probe: InceptionNetwork.Probe) -> BorderedMap {
    var joined = Joining(x, height: x.height, width: x.width, channels: 768)
    branch1x1(x, into: joined.part(192), probe)
    for branch in [branch7x7, branch7x7dbl] {
      var y = x
      for unit in branch.dropLast() { y = unit(y, border: 3, probe) }
      branch[branch.count - 1](y, into: joined.part(192), probe)
    }
    pool(x, into: joined.part(192), probe)
    return joined.map
  }
}

/// From 17x17 to 8x8.
struct InceptionD: InceptionBlock {
  let name: String
  private let branch3x3: [InceptionUnit], branch7x7x3: [InceptionUnit]

  init(_ name: String, _ make: InceptionUnit.Maker) throws {
    self.name = name
    branch3x3 = [
      try make("\(name).branch3x3_1", 768, 192), try make("\(name).branch3x3_2", 192, 320, (3, 3), stride: 2),
    ]
    branch7x7x3 = [
      try make("\(name).branch7x7x3_1", 768, 192),
      try make("\(name).branch7x7x3_2", 192, 192, (1, 7), padding: (0, 3)),
      try make("\(name).branch7x7x3_3", 192, 192, (7, 1), padding: (3, 0)),
      try make("\(name).branch7x7x3_4", 192, 192, (3, 3), stride: 2),
    ]
  }

  func callAsFunction(_ x: BorderedMap, _ probe: InceptionNetwork.Probe) -> BorderedMap {
    var joined = Joining(x, height: (x.height - 3) / 2 + 1, width: (x.width - 3) / 2 + 1, channels: 1280)
    branch3x3[1](branch3x3[0](x, probe), into: joined.part(320), probe)
    let y = branch7x7x3[1](branch7x7x3[0](x, border: 3, probe), border: 3, probe)
    branch7x7x3[3](branch7x7x3[2](y, probe), into: joined.part(192), probe)
    MapPooling.maximum(x, stride: 2, padding: 0, into: joined.part(768))
    return joined.map
  }
}

/// 8x8. The last block uses max pooling where the first uses average pooling: an oddity of the published network.
struct InceptionE: InceptionBlock {
  let name: String
  private let branch1x1: InceptionUnit, branch3x3: [InceptionUnit], branch3x3dbl: [InceptionUnit]
  private let poolOfAverages: PooledBranch?, poolOfMaxima: InceptionUnit?
  private let border: Int

  init(_ name: String, _ inputs: Int, pooling: MapPooling, border: Int, _ make: InceptionUnit.Maker) throws {
    (self.name, self.border) = (name, border)
    func pair(_ branch: String) throws -> [InceptionUnit] {
      [
        try make("\(name).\(branch)a", 384, 384, (1, 3), padding: (0, 1)),
        try make("\(name).\(branch)b", 384, 384, (3, 1), padding: (1, 0)),
      ]
    }
    branch1x1 = try make("\(name).branch1x1", inputs, 320)
    branch3x3 = [try make("\(name).branch3x3_1", inputs, 384)] + (try pair("branch3x3_2"))
    branch3x3dbl =
      [
        try make("\(name).branch3x3dbl_1", inputs, 448),
        try make("\(name).branch3x3dbl_2", 448, 384, (3, 3), padding: (1, 1)),
      ] + (try pair("branch3x3dbl_3"))
    poolOfAverages = pooling == .average ? try PooledBranch(name, inputs, 192, make) : nil
    poolOfMaxima = pooling == .maximum ? try make("\(name).branch_pool", inputs, 192) : nil
  }

  func callAsFunction(_ x: BorderedMap, _ probe: InceptionNetwork.Probe) -> BorderedMap {
    var joined = Joining(x, height: x.height, width: x.width, channels: 2048, border: border)
    branch1x1(x, into: joined.part(320), probe)
    let y = branch3x3[0](x, border: 1, probe)
    for unit in branch3x3.dropFirst() { unit(y, into: joined.part(384), probe) }
    let z = branch3x3dbl[1](branch3x3dbl[0](x, border: 1, probe), border: 1, probe)
    for unit in branch3x3dbl.dropFirst(2) { unit(z, into: joined.part(384), probe) }
    poolOfAverages?(x, into: joined.part(192), probe)
    poolOfMaxima?(MapPooling.maximum(x, stride: 1, padding: 1), into: joined.part(192), probe)
    return joined.map
  }
}
