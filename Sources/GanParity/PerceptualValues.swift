import GanBase
import GanModels
import GanNN
import GanTensor

extension ParityFixture {
  /// Weights for models that read them from a file, whatever its name.
  func fixedWeights(_ path: String) throws -> [String: Tensor] { perceptual("weights") }

  /// The tensors of `vgg.safetensors` whose names begin with `name`, without it; none without the file.
  fileprivate func perceptual(_ name: String) -> [String: Tensor] {
    let found = (further["vgg"] ?? [:]).filter { $0.key.hasPrefix(name + ".") }
    return Dictionary(uniqueKeysWithValues: found.map { (String($0.key.dropFirst(name.count + 1)), $0.value) })
  }
}

/// The perceptual distance of `vgg.safetensors`, where the folder has one.
func perceptualValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
  guard fixture.further["vgg"] != nil else { return [] }
  let path = fixture.path + "/vgg.safetensors"
  let vgg = try VGGFeatures(try fixture.fixedWeights(path), path: path, type: type)
  let inputs = fixture.perceptual("input"), expected = fixture.perceptual("expected")
  let pictures = try ["img", "target"].map { name -> Tensor in
    guard let picture = inputs[name], picture.shape.rank == 4, picture.shape[1] == 3,
      min(picture.shape[2], picture.shape[3]) >= VGGFeatures.leastSize
    else { throw GanError.checkpoint("input.\(name) is missing or no colour picture", at: path) }
    return picture.fromPyTorchPictures.converted(to: type)
  }
  guard pictures[0].shape == pictures[1].shape else {
    throw GanError.checkpoint("input.img and input.target differ in size", at: path)
  }
  let img = pictures[0].variable(), loss = vgg.distance(img, pictures[1])
  let found = [
    "preprocessed_img": vgg.preprocessed(img), "preprocessed_target": vgg.preprocessed(pictures[1]),
    "feat_img": vgg(img), "feat_target": vgg(pictures[1]), "loss": loss,
    "grad_img": try gradients(of: [loss], withRespectTo: [img])[0] ?? Tensor.zeros(img.shape, type: type),
  ]
  return try expected.sorted { $0.key < $1.key }.map { key, value in
    guard let tensor = found[key] else {
      throw GanError.checkpoint("expected.\(key): this program computes no such value", at: path)
    }
    return ParityValue(key: "vgg.\(key)", found: tensor.toPyTorchPictures, expected: value)
  }
}
