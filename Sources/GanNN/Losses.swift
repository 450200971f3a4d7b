import GanTensor

extension Tensor {
  /// Mean absolute difference over all elements.
  package func l1(_ other: Tensor) -> Tensor { (self - other).abs().mean() }

  /// Mean squared difference from a constant over all elements.
  package func meanSquaredError(_ target: Double) -> Tensor { (self - target).squared().mean() }

  /// Mean binary cross entropy of these logits against a constant label.
  package func binaryCrossEntropy(label: Double) -> Tensor {
    let loss = label == 0 ? softplus() : label == 1 ? (-self).softplus() : softplus() - self * label
    return loss.mean()
  }
}

extension Tensor {
  /// Binary cross entropy of these logits `[N,D]` with labels of the same shape: the sum over D, the mean over N.
  package func summedBinaryCrossEntropy(_ labels: Tensor) -> Tensor {
    (softplus() - self * labels).sum() / Double(shape[0])
  }

  /// Binary cross entropy of these logits with labels of the same shape: the mean over everything.
  package func binaryCrossEntropy(_ labels: Tensor) -> Tensor { (softplus() - self * labels).mean() }

  /// Cross entropy of these logits `[N,D]` with the classes that `labels` marks with a 1 in each row, mean over N.
  package func crossEntropy(oneHot labels: Tensor) -> Tensor {
    // The largest logit is taken away from all, which changes nothing but keeps exp finite.
    let largest = detached().reshaped(to: [shape[0], shape[1], 1, 1]).globalMaximum()
    let shifted = self - largest
    return (shifted.exp().sum(over: [1]).log().sum() - (shifted * labels).sum()) / Double(shape[0])
  }
}
