import GanTensor

/// Self-attention (SAGAN, Zhang et al. 2018, section 3): every pixel also sees all others, weighted by how well they
/// match; `x + gamma * v(attention)`, where gamma starts at 0, so that at first nothing changes. Keys `f`, `g`, `h` and
/// `v` (1x1 convolutions as the paper names them), `gamma`.
package struct SelfAttention {
  private let f: Convolution, g: Convolution, h: Convolution, v: Convolution
  private let gamma: Tensor

  /// - Parameter isSpectral: whether the weights of the convolutions are spectrally normalised.
  package init(_ scope: Scope, _ channels: Int, isSpectral: Bool) {
    let few = max(1, channels / 8)
    func conv(_ name: String, _ inputs: Int, _ outputs: Int) -> Convolution {
      Convolution(scope[name], inputs, outputs, kernel: 1, bias: false, isSpectral: isSpectral)
    }
    (f, g, h, v) = (
      conv("f", channels, few), conv("g", channels, few), conv("h", channels, few), conv("v", few, channels)
    )
    gamma = scope.parameter("gamma", [1], .constant(0))
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    x + v(g(x, pass).attending(keys: f(x, pass), values: h(x, pass)), pass) * gamma
  }
}

/// Self-attention on the maps of one size, where a network has been given it; elsewhere nothing. Key `attention`.
package struct LevelAttention {
  private let place: (level: Int, attention: SelfAttention)?

  /// - Parameters:
  ///   - scope: the root of the network's keys.
  ///   - channels: of the maps that have been halved so many times.
  package init(_ scope: Scope, _ switches: NetworkSwitches, channels: (_ level: Int) -> Int) {
    place = switches.attentionLevel.map { level in
      (level, SelfAttention(scope["attention"], channels(level), isSpectral: switches.isSpectral))
    }
  }

  /// - Parameter level: how many times the maps `x` have been halved.
  package func callAsFunction(_ x: Tensor, level: Int, _ pass: Pass) -> Tensor {
    guard let place, place.level == level else { return x }
    return place.attention(x, pass)
  }
}
