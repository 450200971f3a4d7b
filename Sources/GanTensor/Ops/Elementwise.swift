import CKernels

// Elementwise operations. Shapes broadcast as in PyTorch. Every backward function consists of these
// operations, so it can be differentiated again.

extension Tensor {
  package static func + (a: Tensor, b: Tensor) -> Tensor {
    binaryKernel(GK_ADD, a, b).recorded("add", as: .binary(.add), from: [a, b]) { [p = a.shape, q = b.shape] in
      [$0.gradient.summed(to: p, if: $0.needs[0]), $0.gradient.summed(to: q, if: $0.needs[1])]
    }
  }

  package static func - (a: Tensor, b: Tensor) -> Tensor {
    binaryKernel(GK_SUBTRACT, a, b).recorded("subtract", as: .binary(.subtract), from: [a, b]) {
      [p = a.shape, q = b.shape] in
      [$0.gradient.summed(to: p, if: $0.needs[0]), $0.needs[1] ? (-$0.gradient).summed(to: q) : nil]
    }
  }

  package static func * (a: Tensor, b: Tensor) -> Tensor {
    binaryKernel(GK_MULTIPLY, a, b).recorded("multiply", as: .binary(.multiply), from: [a, b], saving: [a, b]) {
      backward in
      let (a, b) = (backward.saved[0], backward.saved[1])
      return [
        backward.needs[0] ? (backward.gradient * b).summed(to: a.shape) : nil,
        backward.needs[1] ? (backward.gradient * a).summed(to: b.shape) : nil,
      ]
    }
  }

  package static func / (a: Tensor, b: Tensor) -> Tensor {
    binaryKernel(GK_DIVIDE, a, b).recorded("divide", as: .binary(.divide), from: [a, b], saving: [a, b]) { backward in
      let (a, b) = (backward.saved[0], backward.saved[1])
      return [
        backward.needs[0] ? (backward.gradient / b).summed(to: a.shape) : nil,
        backward.needs[1] ? (-backward.gradient * a / b.squared()).summed(to: b.shape) : nil,
      ]
    }
  }

  package static prefix func - (a: Tensor) -> Tensor { a.scaled(by: -1) }
  package static func + (a: Tensor, b: Double) -> Tensor { a.scaled(by: 1, plus: b) }
  package static func - (a: Tensor, b: Double) -> Tensor { a.scaled(by: 1, plus: -b) }
  package static func * (a: Tensor, b: Double) -> Tensor { a.scaled(by: b) }
  package static func * (a: Double, b: Tensor) -> Tensor { b.scaled(by: a) }
  package static func / (a: Tensor, b: Double) -> Tensor { a.scaled(by: 1 / b) }
  package static func - (a: Double, b: Tensor) -> Tensor { b.scaled(by: -1, plus: a) }

  /// `factor * x + offset`.
  package func scaled(by factor: Double, plus offset: Double = 0) -> Tensor {
    unaryKernel(GK_AFFINE, factor, offset).recorded("scale", as: .scale(factor: factor, offset: offset), from: [self]) {
      [$0.gradient.scaled(by: factor)]
    }
  }

  package func exp() -> Tensor {
    unaryKernel(GK_EXP).recorded("exp", as: .unary(.exp), from: [self], savesResult: true) {
      [$0.gradient * $0.savedResult]
    }
  }

  package func log() -> Tensor {
    unaryKernel(GK_LOG).recorded("log", as: .unary(.log), from: [self], saving: [self]) { [$0.gradient / $0.saved[0]] }
  }

  /// Square root; the gradient at 0 is infinite, as in PyTorch.
  package func squareRoot() -> Tensor {
    unaryKernel(GK_SQRT).recorded("sqrt", as: .unary(.squareRoot), from: [self], savesResult: true) {
      [$0.gradient / $0.savedResult.scaled(by: 2)]
    }
  }

  package func squared() -> Tensor {
    unaryKernel(GK_SQUARE).recorded("square", as: .square, from: [self], saving: [self]) {
      [$0.gradient * $0.saved[0].scaled(by: 2)]
    }
  }

  package func reciprocal() -> Tensor {
    unaryKernel(GK_RECIPROCAL).recorded("reciprocal", as: .unary(.reciprocal), from: [self], savesResult: true) {
      [-$0.gradient * $0.savedResult.squared()]
    }
  }

  /// Absolute value; derivative 0 at 0.
  package func abs() -> Tensor {
    unaryKernel(GK_ABS).recorded("abs", as: .unary(.abs), from: [self], saving: [self]) {
      [$0.gradient.multiplied(bySignOf: $0.saved[0])]
    }
  }

  /// `self * sign(x)`, where `x` is treated as a constant.
  private func multiplied(bySignOf x: Tensor) -> Tensor {
    Tensor.binaryKernel(GK_SIGN_MULTIPLY, self, x).recorded("sign multiply", from: [self], saving: [x]) {
      [$0.gradient.multiplied(bySignOf: $0.saved[0])]
    }
  }

  /// `x > 0 ? x : slope * x`; at 0 the derivative is `slope`, as in PyTorch. The slope must not be negative,
  /// since the backward function uses the sign of the result.
  package func leakyReLU(slope: Double) -> Tensor {
    unaryKernel(GK_LEAKY_RELU, slope).recorded(
      "leaky relu", as: .leakyReLU(slope: slope), from: [self], savesResult: true
    ) {
      [$0.gradient.gated(by: $0.savedResult, slope: slope)]
    }
  }

  package func relu() -> Tensor { leakyReLU(slope: 0) }

  /// `self` where `y` is positive, else `slope * self`; `y` is treated as a constant.
  private func gated(by y: Tensor, slope: Double) -> Tensor {
    Tensor.binaryKernel(GK_LEAKY_GRADIENT, self, y, constant: slope)
      .recorded("leaky relu gradient", from: [self], saving: [y.detached()]) {
        [$0.gradient.gated(by: $0.saved[0], slope: slope)]
      }
  }

  package func tanh() -> Tensor {
    unaryKernel(GK_TANH).recorded("tanh", as: .unary(.tanh), from: [self], savesResult: true) { backward in
      let y = backward.savedResult
      return [
        backward.isRecorded
          ? backward.gradient * (1 - y.squared()) : Tensor.binaryKernel(GK_TANH_GRADIENT, backward.gradient, y)
      ]
    }
  }

  package func sigmoid() -> Tensor {
    unaryKernel(GK_SIGMOID).recorded("sigmoid", as: .unary(.sigmoid), from: [self], savesResult: true) { backward in
      let y = backward.savedResult
      return [
        backward.isRecorded
          ? backward.gradient * (y * (1 - y)) : Tensor.binaryKernel(GK_SIGMOID_GRADIENT, backward.gradient, y)
      ]
    }
  }

  /// `log(1 + exp(x))`, without overflow.
  package func softplus() -> Tensor {
    unaryKernel(GK_SOFTPLUS).recorded("softplus", from: [self], saving: [self]) {
      [$0.gradient * $0.saved[0].sigmoid()]
    }
  }
}
