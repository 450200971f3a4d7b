import GanTensor

/// A network with the tensors of all of its layers, as PyTorch's `nn.Module`.
package protocol Module: AnyObject {
  var tensors: TensorStore { get }
}

/// A network from pictures to pictures or to maps of scores, `[N,H,W,C]` both.
package protocol Network: Module {
  func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor

  /// The pictures that it takes.
  var sizeRule: SizeRule { get }
}

/// The heights and widths of pictures that a network takes.
package struct SizeRule: Equatable, Sendable {
  /// Height and width must be multiples of this.
  package var multiple: Int
  /// The least height and width.
  package var least: Int
  /// The largest; nil for no limit.
  package var most: Int?

  package init(multiple: Int = 1, least: Int, most: Int? = nil) {
    (self.multiple, self.least, self.most) = (multiple, least, most)
  }

  package func allows(_ size: Int) -> Bool { size % multiple == 0 && size >= least && size <= most ?? size }
}
