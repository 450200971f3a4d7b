import Foundation
import GanBase
import GanConfig
import GanModels
import GanStore
import GanTensor
import GanTestSupport
import GanWeights

enum SampleModel {
  static let pix2pix = "model: {name: pix2pix, generator: unet_64, ngf: 2, ndf: 2, init_gain: 0.2}"
  static let cyclegan = "model: {name: cyclegan, generator: resnet_3blocks, ngf: 2, ndf: 2, init_gain: 0.2}"
  static let drit = """
    model: {name: drit, content_width: 2, attr_width: 2, dis_width: 2, dis_layers: 2, content_dis_layers: 0, nz: 3}
    """
  static let dritpp = """
    model: {name: dritpp, domains: [cat, dog, fox], image_size: 32, content_width: 2, attr_width: 2, dis_width: 2, \
    dis_layers: 2, content_dis_layers: 0, nz: 3}
    """
  static let munit = "model: {name: munit, gen_dim: 2, gen_n_res: 1, gen_mlp_dim: 4, dis_dim: 2, dis_n_layer: 2}"

  static let instagan = "model: {name: instagan, ngf: 2, ndf: 2, n_blocks: 1, ins_max: 2, ins_per: 1}"
  static let unit = "model: {name: unit, gen_dim: 2, gen_n_res: 1, dis_dim: 2, dis_n_layer: 2}"
  static let stargan = """
    model: {name: stargan, domains: [cat, dog, fox], image_size: 32, d_repeat_num: 3, g_conv_dim: 2, d_conv_dim: 2, \
    g_repeat_num: 1}
    """

  /// An untrained model's checkpoint, as training writes it at its beginning.
  @discardableResult
  static func write(_ configuration: String, to path: String, seed: UInt64 = 5) throws -> String {
    let (tensors, metadata) = try content(configuration, seed: seed)
    try CheckpointFile.write(to: path, tensors: tensors, metadata: metadata)
    return path
  }

  static func content(
    _ configuration: String, seed: UInt64 = 5
  ) throws -> (tensors: [TensorSource], metadata: [String: String]) {
    var document = try ConfigDocument(text: configuration, name: "test")
    guard let model = ModelConfiguration(&document) else { throw SpawnFailure(reason: "no model in the configuration") }
    let builder = ModelBuilder(seed: seed)
    _ = try model.configured.make(builder)
    // Statistics like those of a training, so that --eval makes a difference.
    for (name, entry) in builder.tensors where name.hasSuffix("running_var") {
      entry.tensor.assign(Tensor(repeating: 0.3, entry.tensor.shape))
    }
    // Weights like those of a training, so that attributes make a difference.
    for (name, entry) in builder.tensors where name.hasSuffix("weight") {
      if name.hasPrefix("gen.dec") || name.hasPrefix("enc_a.") { entry.tensor.assign(entry.tensor * 8) }
    }
    let metadata = ["config": configuration, "model": model.configured.info.name, "state": "{\"step\":0}"]
    return (builder.tensors.map { TensorSource($0.name, official: $0.entry) }, metadata)
  }
}
