import GanBase
import GanImage
import GanModels
import GanTensor

extension PictureTranslator {
  /// The styles that all pictures share; nil if each picture has its own.
  /// - Throws: `GanError`: (usage) for a model without styles, (input) for a picture that cannot be read, (checkpoint)
  ///   for a style of the wrong shape.
  static func styles(
    _ trained: TrainedModel, _ options: TranslationOptions, _ target: TranslationTarget, _ translator: PictureTranslator
  ) throws -> [(name: String, values: Tensor)]? {
    guard let choice = options.styles else { return nil }
    let option = if case .given = choice { "--style" } else { "--samples" }
    guard let model = trained.model as? any MultimodalTranslator else {
      throw GanError.usage(
        "option \(option): \(trained.info.name) makes one translation of a picture, without attributes or styles",
        help: "these do: \(Registry.multimodalNames.joined(separator: ", "))")
    }
    switch choice {
    case .drawnForEachPicture: return nil
    case .drawn(let count):
      let noise = translator.pass("styles").noise
      return (1...count).map { (String($0), model.randomAttributes(1, noise, type: .float32)) }
    case .given(let styles):
      return try styles.map { style in
        switch style.content {
        case .example(let path): return (style.name, try translator.attribute(of: PictureFile.read(path), model))
        case .picture(let picture): return (style.name, try translator.attribute(of: picture, model))
        case .values(let values, let shape, let file):
          try TranslationStyle.check(file, model: trained.info.name, target: target)
          return (style.name, try tensor(values, shape, style.name, file, model))
        }
      }
    }
  }

  private static func tensor(
    _ values: [Float], _ shape: [Int], _ name: String, _ file: FilePath, _ model: any MultimodalTranslator
  ) throws -> Tensor {
    let expected = model.randomAttributes(1, nil, type: .float32).shape
    guard shape == expected.sizes, values.allSatisfy(\.isFinite) else {
      let what = shape == expected.sizes ? "numbers that are not finite" : "shape \(shape)"
      throw GanError.checkpoint(
        "style \(name): expected shape \(expected.sizes) of finite numbers, found \(what)", at: file,
        help: "name a file that --save-styles wrote for this model, or a picture")
    }
    return Tensor(values, expected)
  }

  /// The style (attribute) of an example picture from the target domain.
  private func attribute(of picture: Picture, _ model: any MultimodalTranslator) throws -> Tensor {
    let example = try scaled(picture.converted(channels: channels.output))
    let input = tensor(example, model.attributeSizeRule)
    return try Tape.paused { try model.attribute(of: input, for: target, pass("style")) }
  }

  /// Writes the styles that all pictures share, for `--style`.
  /// - Throws: `GanError`: (usage) if there are none, (environment) if the file cannot be written.
  package func saveStyles(to path: FilePath) throws {
    guard let styles, let choice = options.styles else {
      throw GanError.usage(
        "option --save-styles: there are no styles that all pictures share", help: "add --samples K or --style FILE")
    }
    try TranslationStyle.write(styles, to: path, model: modelName, target: choice.isDrawn ? nil : target)
  }
}
