import GanBase
import GanTensor

/// A kind of differentiable augmentation, by its name in the official program.
package enum AugmentationPolicy: String, CaseIterable, Sendable {
  /// Brightness, saturation and contrast.
  case color
  /// A shift by up to an eighth of the picture, with zeros beyond its edges.
  case translation
  /// Zeros in a rectangle of half the height and width.
  case cutout
}

/// Differentiable augmentation (Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training"):
/// whatever discriminators see, real or fake, is changed at random, and gradients pass through the changes. So a
/// discriminator cannot learn a small data set by heart, and a generator does not learn to make changed pictures.
package final class DiscriminatorAugmentation {
  private let policies: [AugmentationPolicy]
  private let noise: NoiseSource
  /// nil: every picture is changed.
  package let strength: AdaptiveStrength?

  package init(_ policies: [AugmentationPolicy], _ noise: NoiseSource, _ strength: AdaptiveStrength? = nil) {
    (self.policies, self.noise, self.strength) = (policies, noise, strength)
  }

  /// - Parameters:
  ///   - x: `[N,H,W,C]` in [-1,1].
  ///   - pictures: the channels of each of the pictures that lie side by side in C, which are changed alike.
  ///   - key: names the draws.
  package func callAsFunction(_ x: Tensor, pictures: [Int], _ key: String) -> Tensor {
    policies.reduce(x) { x, policy in
      let draws = Draws(noise, "\(key).\(policy.rawValue)", x, strength?.state.probability)
      switch policy {
      case .color: return coloured(x, pictures, draws)
      case .translation: return translated(x, draws)
      case .cutout: return cutOut(x, draws)
      }
    }
  }

  private func coloured(_ x: Tensor, _ pictures: [Int], _ draws: Draws) -> Tensor {
    let brightness = draws.numbers("brightness", around: 0, from: -0.5, to: 0.5)
    let saturation = draws.numbers("saturation", around: 1, from: 0, to: 2)
    let contrast = draws.numbers("contrast", around: 1, from: 0.5, to: 1.5)
    guard draws.changeAny else { return x }
    func changed(_ x: Tensor) -> Tensor {
      let bright = x + brightness
      let grey = bright.mean(over: [3])
      let saturated = (bright - grey) * saturation + grey
      let mean = saturated.mean(over: [1, 2, 3])
      return (saturated - mean) * contrast + mean
    }
    precondition(pictures.reduce(0, +) == x.shape[3], "pictures of \(pictures) channels in \(x.shape)")
    if pictures.count == 1 { return changed(x) }
    var start = 0
    let parts = pictures.map { channels in
      defer { start += channels }
      return changed(x.sliced(start..<start + channels, axis: 3))
    }
    return Tensor.concatenated(parts, axis: 3)
  }

  private func translated(_ x: Tensor, _ draws: Draws) -> Tensor {
    func offsets(_ name: String, _ size: Int) -> [Int] {
      let most = Int(Double(size) / 8 + 0.5)
      return draws.wholes(name, below: 2 * most + 1).map { $0.map { $0 - most } ?? 0 }
    }
    let rows = offsets("y", x.shape[1]), columns = offsets("x", x.shape[2])
    return x.shifted(by: zip(rows, columns).map { ($0, $1) })
  }

  private func cutOut(_ x: Tensor, _ draws: Draws) -> Tensor {
    /// The centre may be anywhere, so that a part may lie outside.
    func ranges(_ name: String, _ size: Int) -> [Range<Int>] {
      let side = Int(Double(size) / 2 + 0.5)
      return draws.wholes(name, below: size + 1 - side % 2).map { centre in
        guard let centre else { return 0..<0 }
        let start = centre - side / 2
        return max(0, min(start, size - 1))..<min(size, max(start + side, 1))
      }
    }
    let rows = ranges("y", x.shape[1]), columns = ranges("x", x.shape[2])
    return x.erased(zip(rows, columns).map { ($0, $1) })
  }
}

/// The draws of one policy for a batch.
private struct Draws {
  private let noise: NoiseSource
  private let key: String
  private let count: Int, type: ElementType
  /// For each picture whether it is changed; nil: all are.
  private let isChanged: [Bool]?

  init(_ noise: NoiseSource, _ key: String, _ x: Tensor, _ probability: Double?) {
    (self.noise, self.key, count, type) = (noise, key, x.shape[0], x.type)
    let count = count, type = type
    isChanged = probability.map { probability in
      // The memory that a dry run counts must also do for a run that has come further.
      noise.uniform("\(key).applied", [count], type: type).doubles.map { $0 < probability || DryRun.isOn }
    }
  }

  var changeAny: Bool { isChanged?.contains(true) ?? true }

  /// `[N,1,1,1]`, and `neutral` for pictures that are not changed.
  func numbers(_ name: String, around neutral: Double, from least: Double, to most: Double) -> Tensor {
    let drawn = noise.uniform("\(key).\(name)", [count, 1, 1, 1], type: type).scaled(by: most - least, plus: least)
    guard let isChanged else { return drawn }
    let gates = Tensor(isChanged.map { $0 ? 1.0 : 0.0 }, [count, 1, 1, 1], type: type)
    return (drawn - neutral) * gates + neutral
  }

  /// Whole numbers from 0 on, and nil for pictures that are not changed.
  func wholes(_ name: String, below bound: Int) -> [Int?] {
    let drawn = noise.uniform("\(key).\(name)", [count], type: type).doubles
    return drawn.enumerated().map { index, value in
      isChanged?[index] == false ? nil : min(Int(value * Double(bound)), bound - 1)
    }
  }
}

extension TensorStore {
  /// What the network sees of `x`: for discriminators, which call this first.
  package func seen(_ x: Tensor) -> Tensor {
    guard let (augmentation, pictures) = augmentation else { return x }
    return augmentation(x, pictures: pictures, "\(name).augment")
  }
}

extension Module {
  /// Tells the augmentation's strength what a discriminator says of real pictures.
  package func judgedReal(_ scores: Tensor...) { judgedReal(scores) }

  package func judgedReal(_ scores: [Tensor]) {
    for map in scores { tensors.augmentation?.0.strength?.observe(map) }
  }
}
