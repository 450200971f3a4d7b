import GanTensor

// The convolutions of six models' networks at their training sizes. Repeated layers are listed once.

extension NamedLayer {
  static let all: [NamedLayer] = [
    ("cyclegan", cyclegan), ("pix2pix", pix2pix), ("unit", unit), ("nicegan", nicegan), ("drit", drit),
    ("stargan", stargan),
  ].flatMap { model, layers in layers.map { NamedLayer(model: model, name: $0.0, shape: $0.1) } }

  static var models: [String] {
    all.reduce(into: []) { if $0.last != $1.model { $0.append($1.model) } }
  }

  private typealias Layers = KeyValuePairs<String, LayerShape>

  // MARK: - Kinds of layers

  private static func conv(
    _ size: Int, _ inputs: Int, _ outputs: Int, k: Int, s: Int = 1, p: Int, _ mode: PaddingMode = .zero, n: Int = 1
  ) -> LayerShape {
    LayerShape(
      batch: n, size: size, inputs: inputs, outputs: outputs, kernel: k, stride: s, padding: p, mode: mode)
  }

  /// A convolution with reflection padding.
  private static func mirrored(
    _ size: Int, _ inputs: Int, _ outputs: Int, k: Int, s: Int = 1, p: Int, n: Int = 1
  ) -> LayerShape {
    conv(size, inputs, outputs, k: k, s: s, p: p, .reflect, n: n)
  }

  private static func transposed(
    _ size: Int, _ inputs: Int, _ outputs: Int, k: Int, s: Int = 2, p: Int = 1, added: Int = 0, n: Int = 1
  ) -> LayerShape {
    LayerShape(
      batch: n, size: size, inputs: inputs, outputs: outputs, kernel: k, stride: s, padding: p, isTransposed: true,
      outputPadding: added)
  }

  // MARK: - Models

  /// ResNet with 9 blocks and PatchGAN, 256x256.
  private static let cyclegan: Layers = [
    "g.first": mirrored(256, 3, 64, k: 7, p: 3),
    "g.down1": conv(256, 64, 128, k: 3, s: 2, p: 1),
    "g.down2": conv(128, 128, 256, k: 3, s: 2, p: 1),
    "g.block": mirrored(64, 256, 256, k: 3, p: 1),
    "g.up1": transposed(64, 256, 128, k: 3, added: 1),
    "g.up2": transposed(128, 128, 64, k: 3, added: 1),
    "g.last": mirrored(256, 64, 3, k: 7, p: 3),
    "d.0": conv(256, 3, 64, k: 4, s: 2, p: 1),
    "d.1": conv(128, 64, 128, k: 4, s: 2, p: 1),
    "d.2": conv(64, 128, 256, k: 4, s: 2, p: 1),
    "d.3": conv(32, 256, 512, k: 4, p: 1),
    "d.last": conv(31, 512, 1, k: 4, p: 1),
  ]

  /// U-Net with 8 levels, 256x256. Its PatchGAN is CycleGAN's with six input channels.
  private static let pix2pix: Layers = [
    "g.down1": conv(256, 3, 64, k: 4, s: 2, p: 1),
    "g.down2": conv(128, 64, 128, k: 4, s: 2, p: 1),
    "g.down3": conv(64, 128, 256, k: 4, s: 2, p: 1),
    "g.down4": conv(32, 256, 512, k: 4, s: 2, p: 1),
    "g.down5": conv(16, 512, 512, k: 4, s: 2, p: 1),
    "g.down6": conv(8, 512, 512, k: 4, s: 2, p: 1),
    "g.down7": conv(4, 512, 512, k: 4, s: 2, p: 1),
    "g.down8": conv(2, 512, 512, k: 4, s: 2, p: 1),
    "g.up8": transposed(1, 512, 512, k: 4),
    "g.up7": transposed(2, 1024, 512, k: 4),
    "g.up6": transposed(4, 1024, 512, k: 4),
    "g.up5": transposed(8, 1024, 512, k: 4),
    "g.up4": transposed(16, 1024, 256, k: 4),
    "g.up3": transposed(32, 512, 128, k: 4),
    "g.up2": transposed(64, 256, 64, k: 4),
    "g.up1": transposed(128, 128, 3, k: 4),
    "d.0": conv(256, 6, 64, k: 4, s: 2, p: 1),
  ]

  /// 256x256, with the discriminator at full scale; the other scales see halves and quarters.
  private static let unit: Layers = [
    "enc.0": mirrored(256, 3, 64, k: 7, p: 3),
    "enc.1": mirrored(256, 64, 128, k: 4, s: 2, p: 1),
    "enc.2": mirrored(128, 128, 256, k: 4, s: 2, p: 1),
    "block": mirrored(64, 256, 256, k: 3, p: 1),
    "dec.up1": mirrored(128, 256, 128, k: 5, p: 2),
    "dec.up2": mirrored(256, 128, 64, k: 5, p: 2),
    "dec.last": mirrored(256, 64, 3, k: 7, p: 3),
    "dis.0": mirrored(256, 3, 64, k: 4, s: 2, p: 1),
    "dis.1": mirrored(128, 64, 128, k: 4, s: 2, p: 1),
    "dis.2": mirrored(64, 128, 256, k: 4, s: 2, p: 1),
    "dis.3": mirrored(32, 256, 512, k: 4, s: 2, p: 1),
    "dis.last": conv(16, 512, 1, k: 1, p: 0),
  ]

  /// 256x256.
  private static let nicegan: Layers = [
    "dis.model1": mirrored(256, 3, 64, k: 4, s: 2, p: 1),
    "dis.model4": mirrored(128, 64, 128, k: 4, s: 2, p: 1),
    "dis.conv1x1": conv(64, 128, 128, k: 1, p: 0),
    "dis.0_0": mirrored(64, 128, 256, k: 4, s: 2, p: 1),
    "dis.0_1": mirrored(32, 256, 512, k: 4, p: 1),
    "dis.conv0": mirrored(31, 512, 1, k: 4, p: 1),
    "dis.1_0.1": mirrored(32, 256, 512, k: 4, s: 2, p: 1),
    "dis.1_0.4": mirrored(16, 512, 1024, k: 4, s: 2, p: 1),
    "dis.1_1": mirrored(8, 1024, 2048, k: 4, p: 1),
    "dis.conv1": mirrored(7, 2048, 1, k: 4, p: 1),
    "gen.first": mirrored(64, 128, 256, k: 3, p: 1),
    "gen.block": mirrored(64, 256, 256, k: 3, p: 1),
    "gen.up1": mirrored(64, 256, 128, k: 3, p: 1),
    "gen.widen1": conv(64, 128, 512, k: 1, p: 0),
    "gen.up2": mirrored(128, 128, 64, k: 3, p: 1),
    "gen.widen2": conv(128, 64, 256, k: 1, p: 0),
    "gen.last": mirrored(256, 64, 3, k: 7, p: 3),
  ]

  /// 216x216, with attributes concatenated to the feature maps; decoders process four pictures at once.
  private static let drit: Layers = [
    "enc_c.0": mirrored(216, 3, 64, k: 7, p: 3),
    "enc_c.1": mirrored(216, 64, 128, k: 3, s: 2, p: 1),
    "enc_c.2": mirrored(108, 128, 256, k: 3, s: 2, p: 1),
    "enc_c.block": mirrored(54, 256, 256, k: 3, p: 1),
    "enc_a.0": mirrored(216, 3, 64, k: 4, s: 2, p: 1),
    "enc_a.2a": mirrored(108, 64, 64, k: 3, p: 1),
    "enc_a.2b": mirrored(108, 64, 128, k: 3, p: 1),
    "enc_a.3b": mirrored(54, 128, 192, k: 3, p: 1),
    "enc_a.4b": mirrored(27, 192, 256, k: 3, p: 1),
    "gen.share": mirrored(54, 256, 256, k: 3, p: 1, n: 4),
    "gen.block": mirrored(54, 264, 264, k: 3, p: 1, n: 4),
    "gen.up1": transposed(54, 272, 136, k: 3, added: 1, n: 4),
    "gen.up2": transposed(108, 144, 72, k: 3, added: 1, n: 4),
    "gen.last": transposed(216, 80, 3, k: 1, s: 1, p: 0, n: 4),
    "dis.0": mirrored(216, 3, 64, k: 4, s: 2, p: 1),
    "dis.1": mirrored(108, 64, 128, k: 4, s: 2, p: 1),
    "dis.2": mirrored(54, 128, 256, k: 4, s: 2, p: 1),
    "dis.3": mirrored(27, 256, 512, k: 4, s: 2, p: 1),
    "dis.last": conv(13, 512, 1, k: 1, p: 0),
    "disContent.0": mirrored(54, 256, 256, k: 7, s: 2, p: 1),
    "disContent.1": mirrored(25, 256, 256, k: 7, s: 2, p: 1),
    "disContent.2": mirrored(11, 256, 256, k: 7, s: 2, p: 1),
    "disContent.3": conv(4, 256, 256, k: 4, p: 0),
  ]

  /// 128x128, 16 pictures, five attributes.
  private static let stargan: Layers = [
    "g.first": conv(128, 8, 64, k: 7, p: 3, n: 16),
    "g.down1": conv(128, 64, 128, k: 4, s: 2, p: 1, n: 16),
    "g.down2": conv(64, 128, 256, k: 4, s: 2, p: 1, n: 16),
    "g.block": conv(32, 256, 256, k: 3, p: 1, n: 16),
    "g.up1": transposed(32, 256, 128, k: 4, n: 16),
    "g.up2": transposed(64, 128, 64, k: 4, n: 16),
    "g.last": conv(128, 64, 3, k: 7, p: 3, n: 16),
    "d.0": conv(128, 3, 64, k: 4, s: 2, p: 1, n: 16),
    "d.1": conv(64, 64, 128, k: 4, s: 2, p: 1, n: 16),
    "d.2": conv(32, 128, 256, k: 4, s: 2, p: 1, n: 16),
    "d.3": conv(16, 256, 512, k: 4, s: 2, p: 1, n: 16),
    "d.4": conv(8, 512, 1024, k: 4, s: 2, p: 1, n: 16),
    "d.5": conv(4, 1024, 2048, k: 4, s: 2, p: 1, n: 16),
    "d.src": conv(2, 2048, 1, k: 3, p: 1, n: 16),
    "d.cls": conv(2, 2048, 5, k: 2, p: 0, n: 16),
  ]
}
