import GanBase
import GanModels
import GanNN
import GanTensor

// What DRIT and DRIT++ share.

extension ParityLimits {
  /// The limits that the notes of the official numbers suggest.
  static let drit: ParityLimits = {
    var limits = ParityLimits()
    limits.forward = 1e-4
    // Pictures that went through both kinds of network twice.
    limits.longForward = (["fake_A_recon", "fake_B_recon"], 2e-4)
    (limits.gradient, limits.gradientOutliers) = (1e-3, (0.03, 0.1))
    limits.buffer = 1e-4
    (limits.weightMean, limits.update) = (1e-2, nil)
    (limits.zeroGradient, limits.zeroGradientSize, limits.zeroGradientStep) = (nil, 1e-4, 1)
    return limits
  }()
}

func dritNetworkOptions(from spec: Spec) throws -> DRITNetworkOptions {
  var options = DRITNetworkOptions()
  let widths = try spec.section("widths"), depths = try spec.section("depths")
  options.concat = try spec.integer("concat") == 1
  options.attributes = try spec.integer("nz")
  options.contentWidth = try widths.integer("content_width")
  options.attributeWidth = try widths.integer("attr_width")
  options.discriminatorWidth = try widths.integer("dis_width")
  if !options.concat { options.mlpWidth = try widths.integer("mlp_width") }
  options.isSpectral = try spec.flag("dis_spectral_norm")
  options.contentHalvings = try depths.integer("content_dis_down_convs")
  return options
}

func dritTrainingOptions(from spec: Spec) throws -> DRITTrainingOptions {
  var options = DRITTrainingOptions()
  options.interval = try spec.integer("d_iter")
  options.latentWeight = try spec.number("latent_l1_weight")
  options.klWeight = try spec.number("kl_weight")
  options.contentWeight = try spec.number("content_l2_weight")
  options.contentLearningRate = try spec.section("optimizer").number("lr_content_dis")
  options.contentClip = try spec.number("content_dis_grad_clip_norm")
  options.optimizer = try optimizerOptions(from: spec)
  return options
}

extension DRITTrainingOptions {
  /// Where in a long epoch a step is, the kinds of whose steps stand in the list `schedule`.
  func place(_ spec: Spec, step: Int) throws -> BatchPlace {
    let schedule = try spec.texts("schedule")
    guard schedule.indices.contains(step - 1) else { throw GanError.checkpoint("schedule is empty", at: spec.path) }
    let isFull = schedule[step - 1] == "full"
    // The last batch of an epoch is always full.
    let place = BatchPlace(index: step - 1, count: isFull ? step : .max)
    guard self.trainsEverything(at: place) == isFull else {
      throw GanError.checkpoint("schedule: step \(step) does not follow from d_iter", at: spec.path)
    }
    return place
  }
}

extension ParityFixture {
  /// Step whose inputs the forward values were made from.
  func firstFullStep() throws -> Int { try spec.integer("first_full_step", default: 1) }

  /// A network with weights of its own.
  func extraNetwork<Network>(
    _ name: String, type: ElementType, _ make: (Scope) throws -> Network
  ) throws -> Network {
    let store = TensorStore(
      name: name, initializer: Initializer(.zero, random: RandomStream(seed: 0)), elementType: type)
    let network = try make(store.root)
    for entry in store.entries {
      guard let value = weights["\(name).\(entry.key)"], value.shape == entry.officialShape else {
        throw GanError.checkpoint(
          "\(name).\(entry.key): expected a tensor of shape \(entry.officialShape)",
          at: path + "/weights.safetensors")
      }
      entry.assign(official: value)
    }
    return network
  }

  /// Its input.
  func extraInput(_ name: String, channels: Int, least: Int, type: ElementType) throws -> Tensor {
    let x = try input("\(name).x").converted(to: type)
    guard x.shape.rank == 4, x.shape[3] == channels, min(x.shape[1], x.shape[2]) >= least else {
      throw GanError.checkpoint("\(name).x has the shape \(x.shape)", at: path + "/inputs.safetensors")
    }
    return x
  }
}
