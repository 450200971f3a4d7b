import GanNN
import GanTensor

/// One direction of a sub-step: its networks, weights and names.
private struct Direction {
  let there: SetGenerator, back: SetGenerator, judge: SetDiscriminator
  let judgeOptimizer: Optimizer
  let pool: ImagePool
  /// Of the cycle; identity and context are relative to it.
  let weight: Double
  /// The side that it starts from, and the other one, as losses name them.
  let letter: String, other: String
}

extension InstaGAN {
  private var fromA: Direction {
    Direction(
      there: gA, back: gB, judge: dA, judgeOptimizer: dAOptimizer, pool: poolB, weight: options.lambdaA, letter: "A",
      other: "B")
  }

  private var fromB: Direction {
    Direction(
      there: gB, back: gA, judge: dB, judgeOptimizer: dBOptimizer, pool: poolA, weight: options.lambdaB, letter: "B",
      other: "A")
  }

  /// One update of the networks that have something to translate or to judge.
  func subStep(_ ofA: inout [InstanceWork], _ ofB: inout [InstanceWork]) throws -> Losses {
    var gradients = GradientSum(for: gOptimizer)
    let a = try translate(ofA, fromA, &gradients), b = try translate(ofB, fromB, &gradients)
    gradients.step()
    let lossesA = try judge(a.fakes, against: ofB, fromA), lossesB = try judge(b.fakes, against: ofA, fromB)
    for (index, fake) in a.translations { ofA[index].end(with: fake) }
    for (index, fake) in b.translations { ofB[index].end(with: fake) }
    let sums = [a.losses, b.losses].compactMap(\.total)
    return lossesA + a.losses.terms + lossesB + b.losses.terms + ["G": sums.dropFirst().reduce(sums[0], +)]
  }

  private typealias Numbered = [(index: Int, picture: InstancePicture)]

  /// The generators' losses of one direction, mean over the pictures that have instances left, and their gradients.
  private func translate(
    _ works: [InstanceWork], _ way: Direction, _ gradients: inout GradientSum
  ) throws -> (losses: MeanLosses, translations: Numbered, fakes: Numbered) {
    let active = works.indices.compactMap { index in works[index].group.map { (index, $0) } }
    var losses = MeanLosses(), translations: Numbered = [], fakes: Numbered = []
    for (index, group) in active {
      let pass = Pass(.batch, noise: noise)
      let fake = way.there(group, pass), shown = fake.adding(works[index].translated)
      var sum = LossSum()
      sum.add("G_\(way.letter)", options.loss.generator(way.judge(shown, pass)))
      sum.add("cyc_\(way.letter)", distance(way.back(fake, pass), group) * way.weight)
      if options.lambdaIdentity > 0 {
        sum.add(
          "idt_\(way.other)", distance(way.back(group, pass), group) * (way.weight * options.lambdaIdentity))
      }
      let context = Self.contextWeight(group, fake) * (group.picture - fake.picture).abs()
      sum.add("ctx_\(way.letter)", context.mean() * (way.weight * options.lambdaContext))
      try gradients.add(active.count == 1 ? sum.total : sum.total / Double(active.count))
      losses.add(sum.terms, sum.total.detached())
      translations.append((index, fake.detached()))
      fakes.append((index, shown.detached()))
    }
    return (losses, translations, fakes)
  }

  /// The discriminator's step of one direction; none if nothing was translated.
  private func judge(_ fakes: Numbered, against reals: [InstanceWork], _ way: Direction) throws -> Losses {
    guard !fakes.isEmpty else { return [:] }
    let pass = Pass(.batch, noise: noise)
    let losses = fakes.map { index, fake -> Tensor in
      let old = InstancePicture(joined: way.pool.exchange(fake.joined()), channels: Self.channels)
      let real = options.loss.discriminator(way.judge(reals[index].original, pass), isReal: true)
      return (real + options.loss.discriminator(way.judge(old, pass), isReal: false)) * 0.5
    }
    let sum = losses.dropFirst().reduce(losses[0], +)
    let loss = losses.count == 1 ? sum : sum / Double(losses.count)
    try way.judgeOptimizer.minimize(loss)
    return ["D_\(way.letter)": loss]
  }

  /// The mean absolute difference of pictures and masks together; places of a group without a mask count as equal.
  private func distance(_ a: InstancePicture, _ b: InstancePicture) -> Tensor {
    var sum = (a.picture - b.picture).abs().sum()
    if let masks = a.masks, let others = b.masks { sum = sum + (masks - others).abs().sum() }
    let places = Self.channels + options.instances.atOnce
    return sum / Double(places * a.picture.shape[1] * a.picture.shape[2])
  }

  /// 1 outside of all masks, those that came out included, `[1,H,W,1]`: the loss also falls when masks grow.
  package static func contextWeight(_ group: InstancePicture, _ fake: InstancePicture) -> Tensor {
    let masks = [group.masks, fake.masks].compactMap { $0 }
    return Tensor.concatenated(masks, axis: 0).uncovered
  }
}

/// Means of losses over pictures.
private struct MeanLosses {
  private var all: [Losses] = []
  private var totals: [Tensor] = []

  mutating func add(_ losses: Losses, _ total: Tensor) {
    all.append(losses)
    totals.append(total)
  }

  var terms: Losses { Losses(meansOf: all) }

  /// nil without pictures.
  var total: Tensor? {
    totals.isEmpty ? nil : totals.dropFirst().reduce(totals[0], +) / Double(totals.count)
  }
}
