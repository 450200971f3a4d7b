import GanBase
import GanNN
import GanTensor

extension INIT {
  /// One object of each pair of pictures that both show some.
  package struct Objects {
    /// `[n,s,s,C]`.
    package let crops: (a: Tensor, b: Tensor)
    /// The pictures that they are of.
    package let pictures: [Int]
    /// The boxes of these pictures.
    package let boxes: (a: [[Box]], b: [[Box]])
  }

  /// What the losses of objects compare: objects with styles of the other side's objects, and with coarse styles.
  package struct ObjectTranslations {
    package let contents: (a: Tensor, b: Tensor)
    package let fine: StyleTranslations
    package let coarse: StyleTranslations

    var fakes: [(a: Tensor, b: Tensor)] { [(fine.fakeA, fine.fakeB), (coarse.fakeA, coarse.fakeB)] }
  }

  /// nil if no picture of the batch and its partner both show an object.
  package func objects(of batch: TrainingBatch, _ real: (a: Tensor, b: Tensor)) -> Objects? {
    guard options.objectWeight > 0 else { return nil }
    let pictures = (0..<real.a.shape[0]).filter {
      !batch.boxes(ofB: false, $0).isEmpty && !batch.boxes(ofB: true, $0).isEmpty
    }
    guard !pictures.isEmpty else { return nil }
    func boxes(ofB isB: Bool) -> [[Box]] { pictures.map { batch.boxes(ofB: isB, $0) } }
    let all = (a: boxes(ofB: false), b: boxes(ofB: true))
    func crops(_ key: String, _ real: Tensor, _ boxes: [[Box]]) -> Tensor {
      let draws = noise.uniform(key, [pictures.count], type: real.type).doubles
      let regions = zip(pictures, zip(boxes, draws)).map { picture, choice in
        Region(picture: picture, choice.0[min(Int(choice.1 * Double(choice.0.count)), choice.0.count - 1)])
      }
      return real.cropped(to: regions, height: options.objectSize, width: options.objectSize, samples: 1)
    }
    let a = crops("box_a", real.a, all.a)
    return Objects(crops: (a, crops("box_b", real.b, all.b)), pictures: pictures, boxes: all)
  }

  package func translations(of objects: Objects, _ real: (a: Tensor, b: Tensor)) -> ObjectTranslations {
    let contents = contents(of: objects.crops), own = ownStyles(of: objects.crops)
    let coarseA = coarseStyle("coarse_a", gen.a, real.a, objects.pictures, objects.boxes.a)
    let coarseB = coarseStyle("coarse_b", gen.b, real.b, objects.pictures, objects.boxes.b)
    let both = translations(contents, [own, (coarseA, coarseB)], ownStyles: own)
    return ObjectTranslations(contents: contents, fine: both[0], coarse: both[1])
  }

  /// The styles of whole pictures, or, with even chance, of their backgrounds.
  private func coarseStyle(
    _ key: String, _ gen: MUNITGenerator, _ real: Tensor, _ pictures: [Int], _ boxes: [[Box]]
  ) -> Tensor {
    let chosen = Tensor.concatenated(pictures.map { real.sliced($0..<$0 + 1, axis: 0) }, axis: 0)
    guard noise.uniform(key, [1], type: real.type).item >= 0.5 else { return gen.style(chosen, Pass(.batch)) }
    return gen.style(chosen.blanked(in: boxes), Pass(.batch))
  }

  func addObjectLosses(_ made: ObjectTranslations, of objects: Objects, to sum: inout LossSum) {
    let options = pictureOptions, all = self.options.objectWeight, crops = objects.crops
    func judged(_ t: StyleTranslations) -> (a: Tensor, b: Tensor) {
      objectDiscriminators.judge((t.fakeA, t.fakeB), real: crops, options.game.adversarial)
    }
    // Decoding an object with its own style is the same in both.
    sum.add(
      ("gen_recon_o_a", made.fine.reconA.l1(crops.a)), ("gen_recon_o_b", made.fine.reconB.l1(crops.b)),
      weight: all * options.reconstructionWeight)
    for (name, t) in [("o", made.fine), ("coarse", made.coarse)] {
      let adv = judged(t)
      sum.add(("gen_adv_\(name)_a", adv.a), ("gen_adv_\(name)_b", adv.b), weight: all * options.ganWeight)
      sum.add(
        ("gen_recon_s_\(name)_a", t.recodedStyleA.l1(t.styleA)),
        ("gen_recon_s_\(name)_b", t.recodedStyleB.l1(t.styleB)), weight: all * options.styleWeight)
      sum.add(
        ("gen_recon_c_\(name)_a", t.recodedContentA.l1(made.contents.a)),
        ("gen_recon_c_\(name)_b", t.recodedContentB.l1(made.contents.b)), weight: all * options.contentWeight)
      guard options.cycleWeight > 0 else { continue }
      let cycles = cycles(t)
      sum.add(
        ("gen_cycrecon_\(name)_a", cycles.a.l1(crops.a)), ("gen_cycrecon_\(name)_b", cycles.b.l1(crops.b)),
        weight: all * options.cycleWeight)
    }
  }
}

extension Tensor {
  /// These pictures with zeros, a middle grey, in the pixels whose centres lie in a box of the picture.
  package func blanked(in boxes: [[Box]]) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    var mask = [Float](repeating: 1, count: shape[0] * height * width)
    for (picture, boxes) in boxes.enumerated() {
      for box in boxes {
        let columns = Box.pixels(from: box.left, to: box.right, of: width)
        for row in Box.pixels(from: box.top, to: box.bottom, of: height) {
          let line = (picture * height + row) * width
          for column in columns { mask[line + column] = 0 }
        }
      }
    }
    return self * Tensor(mask, [shape[0], height, width, 1], type: type)
  }
}
