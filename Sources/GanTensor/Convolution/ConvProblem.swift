/// A convolution itself, or one of its gradients.
package enum ConvPass: String, CaseIterable, Sendable {
  case forward
  /// From the output's gradient to the input's; also the transposed convolution.
  case dataGradient
  /// From the input and the output's gradient to the weight's.
  case weightGradient
}

/// A convolution, or one of its gradients, with everything that the choice of its algorithm depends on, except the arithmetic.
package struct ConvProblem: Hashable, Sendable {
  package let pass: ConvPass
  package let geometry: ConvGeometry
  package let images: Int
  /// Channels of the convolution's picture and of its output, in every pass.
  package let inputs: Int, outputs: Int
  package let type: ElementType

  package init(
    _ pass: ConvPass, _ geometry: ConvGeometry, images: Int, inputs: Int, outputs: Int, type: ElementType = .float32
  ) {
    (self.pass, self.geometry, self.images) = (pass, geometry, images)
    (self.inputs, self.outputs, self.type) = (inputs, outputs, type)
  }

  /// The same for a picture that is already padded.
  var unpadded: ConvProblem {
    ConvProblem(pass, geometry.unpadded, images: images, inputs: inputs, outputs: outputs, type: type)
  }
}
