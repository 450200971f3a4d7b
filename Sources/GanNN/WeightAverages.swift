import Foundation
import GanTensor

/// Exponential moving averages of networks' weights over the steps of training, with which translations look better
/// than with the weights of any one step (Yaz et al. 2019, arXiv:1806.04498; Karras et al. 2018, arXiv:1710.10196).
///
/// Only parameters are averaged. Buffers (running statistics of norms, vectors of spectral norm) are not: the averages
/// are used with those that the networks have just then, which is what StyleGAN's copying of buffers comes to. Running
/// statistics are averages already, and a mean of singular vectors would be none.
package final class WeightAverages {
  /// How much of the averages an update keeps.
  package struct Rule: Equatable, Sendable {
    package enum Decay: Equatable, Sendable {
      /// That share.
      case perUpdate(Double)
      /// Half after this number of pictures (Karras et al. 2018): 0.5^(pictures of the update / half-life).
      case halfLife(pictures: Double)
    }

    package var decay: Decay
    /// Whether averages are short at first, so that they forget the initial weights. A share is then at most
    /// (1+t)/(10+t) after t updates, as in TensorFlow; a half-life at most 5% of the pictures until then, as in
    /// StyleGAN2.
    package var warmsUp: Bool

    package init(_ decay: Decay, warmsUp: Bool = true) { (self.decay, self.warmsUp) = (decay, warmsUp) }

    /// The share that is kept by an update after `pictures` new ones.
    /// - Parameter before: earlier updates, and their pictures.
    package func share(_ pictures: Int, before: (updates: Int, pictures: Int)) -> Double {
      switch decay {
      case .perUpdate(let share):
        return warmsUp ? min(share, Double(1 + before.updates) / Double(10 + before.updates)) : share
      case .halfLife(let most):
        let halfLife = warmsUp ? min(most, Double(before.pictures) * Self.rampUp) : most
        return halfLife > 0 ? pow(0.5, Double(pictures) / halfLife) : 0
      }
    }

    private static let rampUp = 0.05
  }

  /// A parameter with its average; `name` is `<network>.<key>`.
  package struct Slot {
    package let name: String
    package let entry: NamedTensor
    package let average: Tensor
  }

  /// What was counted so far.
  package struct Count: Equatable, Sendable {
    package var updates = 0
    /// Pictures of these updates.
    package var pictures = 0
    /// Pictures of steps since the last update, which changed none of the averaged weights.
    package var pending = 0

    package init() {}
  }

  package let rule: Rule
  /// The names of the averaged networks.
  package let networks: [String]
  package let slots: [Slot]
  package private(set) var count = Count()
  /// Those that change averaged weights, and their steps at the last update.
  private let optimizers: [Optimizer]
  private var steps = 0

  /// - Parameter optimizers: of the model.
  package init(of networks: [TensorStore], _ rule: Rule, optimizers: [Optimizer]) {
    self.rule = rule
    self.networks = networks.map(\.name)
    slots = networks.flatMap { store in
      store.parameters.map { entry in
        let average = Tensor.zeros(entry.tensor.shape, type: entry.tensor.type)
        return Slot(name: "\(store.name).\(entry.key)", entry: entry, average: average)
      }
    }
    let averaged = Set(slots.map { ObjectIdentifier($0.entry) })
    self.optimizers = optimizers.filter { $0.slots.contains { averaged.contains(ObjectIdentifier($0.entry)) } }
  }

  /// Begins with the weights as they are.
  package func start() {
    for slot in slots { slot.average.assign(slot.entry.tensor) }
    resume(from: Count())
  }

  /// Goes on from stored averages, which the caller has put into `slots`.
  package func resume(from count: Count) {
    self.count = count
    steps = stepsNow
  }

  /// To be called after each step of training: an update, if the step has changed any of these weights. Models may
  /// train some of their networks in some of the steps only.
  package func update(pictures: Int) {
    count.pending += pictures
    let now = stepsNow
    guard now != steps else { return }
    steps = now
    let share = 1 - rule.share(count.pending, before: (count.updates, count.pictures))
    for slot in slots { slot.average.approach(slot.entry.tensor, share: share) }
    count.updates += 1
    count.pictures += count.pending
    count.pending = 0
  }

  private var stepsNow: Int { optimizers.reduce(0) { $0 + $1.steps } }

  /// Runs `body` while the networks have the averages for weights. It must not train, and save nothing.
  package func used<Result>(by body: () throws -> Result) rethrows -> Result {
    for slot in slots { slot.entry.tensor.exchange(with: slot.average) }
    defer { for slot in slots { slot.entry.tensor.exchange(with: slot.average) } }
    return try body()
  }
}
