import GanNN
import GanTensor

extension InstaGAN {
  /// The translation of pictures with masks, `[N,H,W,3+M]`, in which each mask keeps its place; a few instances are
  /// translated at a time. A picture without masks stays as it is.
  package func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let network = try choose(target, aToB: gA, bToA: gB), slots = pictures.shape[3] - Self.channels
    let results = InstancePicture.all(in: pictures, channels: Self.channels).map { picture, places in
      let steps = translated(picture, by: network, atOnce: options.instances.atOnce, pass)
      return placed(steps.last ?? picture, places, slots)
    }
    return results.count == 1 ? results[0] : .concatenated(results, axis: 0)
  }

  /// The picture after each group of instances, with all masks that have come out until then.
  package func translated(
    _ original: InstancePicture, by network: SetGenerator, atOnce: Int, _ pass: Pass
  ) -> [InstancePicture] {
    var work = InstanceWork(original), results: [InstancePicture] = []
    for start in stride(from: 0, to: original.count, by: atOnce) {
      work.begin(start..<start + atOnce)
      guard let group = work.group else { break }
      let result = network(group, pass)
      results.append(result.adding(work.translated))
      work.end(with: result)
    }
    return results
  }

  /// Masks back in their places, empty ones in the others.
  private func placed(_ picture: InstancePicture, _ places: [Int], _ slots: Int) -> Tensor {
    let all = picture.joined(slots: slots)
    guard places != Array(0..<places.count) else { return all }
    // The first mask that stays empty stands for all of these.
    let order = (0..<slots).map { slot in places.firstIndex(of: slot) ?? places.count }
    let channels = (0..<Self.channels).map { $0 } + order.map { Self.channels + $0 }
    let parts = channels.map { all.sliced($0..<$0 + 1, axis: 3) }
    return .concatenated(parts, axis: 3)
  }

  /// Of each side a picture, its translation, and that translated back, the first two with their masks beside them.
  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides()
    func row(_ pictures: Tensor, _ target: TranslationTarget, _ from: String, _ to: String) throws -> [Sample] {
      let fake = try translate(pictures, to: target, pass)
      let again = try target.opposite.map { try translate(fake, to: $0, pass) } ?? fake
      return [
        Sample(from, pictures.pictureAlone), Sample("masks", pictures.masksInColour(from: Self.channels)),
        Sample("\(from) to \(to)", fake.pictureAlone), Sample("masks", fake.masksInColour(from: Self.channels)),
        Sample("to \(from) again", again.pictureAlone),
      ]
    }
    return try row(a, .aToB, "A", "B") + row(b, .bToA, "B", "A")
  }
}

extension Tensor {
  /// Of `[N,H,W,3+M]` the pictures.
  fileprivate var pictureAlone: Tensor { sliced(0..<InstaGAN.channels, axis: 3) }
}
