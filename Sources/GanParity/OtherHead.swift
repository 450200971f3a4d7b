import GanBase
import GanModels
import GanNN
import GanTensor

extension ParityFixture {
  /// `light_forward.safetensors`: one generator of the fixture with the other kind of head, whose first weight is
  /// `light.<network>.FC.0.weight`, in evaluation mode.
  /// - Parameters:
  ///   - make: a generator with that head.
  ///   - run: its picture of the first step, for the network of that name.
  func otherHead<Generator>(
    type: ElementType, make: (Scope) -> Generator, run: (Generator, String, Pass) throws -> Tensor
  ) throws -> [ParityValue] {
    guard let stored = further["light_forward"] else { return [] }
    let path = path + "/light_forward.safetensors"
    let suffix = ".FC.0.weight"
    guard let key = stored.keys.filter({ $0.hasPrefix("light.") && $0.hasSuffix(suffix) }).sorted().first else {
      throw GanError.checkpoint("there is no tensor light.<network>\(suffix)", at: path)
    }
    let network = String(key.dropFirst("light.".count).dropLast(suffix.count))
    let store = TensorStore(
      name: network, initializer: Initializer(.pytorch, random: RandomStream(seed: 0)), elementType: type)
    let generator = make(store.root)
    for entry in store.entries {
      let name = "\(network).\(entry.key)"
      guard let value = stored["light.\(name)"] ?? weights[name], value.shape == entry.officialShape else {
        throw GanError.checkpoint("\(name): expected a tensor of shape \(entry.officialShape)", at: path)
      }
      entry.assign(official: value)
    }
    let trace = Trace()
    let picture = try run(generator, network, Pass(.running, trace: trace)).toPyTorchPictures
    return try stored.filter { $0.key.hasPrefix("light.forward.") }.sorted { $0.key < $1.key }.map { key, expected in
      let name = String(key.dropFirst("light.forward.".count))
      guard let found = trace.values[name] ?? (name.hasPrefix("fake_") ? picture.cropped(as: name) : nil) else {
        throw GanError.checkpoint("\(key): there is no such value", at: path)
      }
      return ParityValue(key: key, found: found, expected: expected)
    }
  }
}

extension Tensor {
  /// The part of `[N,C,H,W]` that a name ending in `_rows40to56_cols32to64` stands for; all of it for other names, nil
  /// for a part that lies outside.
  fileprivate func cropped(as name: String) -> Tensor? {
    guard let found = name.firstMatch(of: #/_rows(\d+)to(\d+)_cols(\d+)to(\d+)$/#) else { return self }
    let bounds = [found.1, found.2, found.3, found.4].compactMap { Int($0) }
    guard bounds.count == 4, bounds[0] < bounds[1], bounds[1] <= shape[2], bounds[2] < bounds[3], bounds[3] <= shape[3]
    else { return nil }
    return sliced(bounds[0]..<bounds[1], axis: 2).sliced(bounds[2]..<bounds[3], axis: 3)
  }
}
